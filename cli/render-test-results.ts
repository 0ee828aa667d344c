import {
  type CaseResult,
  type Coverage,
  type Place,
  percentOf,
  type Share,
} from '../policy/index.js'
import type { Colours } from './colours.js'
import { explanationJson, renderExplanation } from './render-explanation.js'
import { visibleText } from './render-test-name.js'

/**
 * Renders what became of the cases for people: one line a case by file, under a failed one what was
 * expected and what came, where it is expected, and the explanation of the decision; then the sum.
 *
 * @param between - what comes before the sum
 */
export function renderResults(
  results: readonly CaseResult[],
  between: string,
  colours: Colours,
): string {
  const blocks = byFile(results).map(([file, its]) => {
    return `${colours.bold(file)}\n${its.map(result => renderResult(result, colours)).join('')}\n`
  })
  const failed = results.filter(hasFailed).length
  const passed = results.length - failed
  const sum = [
    ...(failed > 0 ? [colours.red(`${failed} failed`)] : []),
    ...(passed > 0 ? [colours.green(`${passed} passed`)] : []),
  ]
  return `${blocks.join('')}${between}${sum.join(', ')}\n`
}

/** Says of a failed case what was expected and came instead, where, and why: without the name. */
export function renderFailure(result: CaseResult, colours: Colours): string {
  const { differences, explanation, facts, workload } = result
  const { file, line, column } = result.case.expected.place
  const lines = differences.flatMap(({ field, expected, got, hint }) => [
    `${field.padEnd(8)} expected ${colours.green(expected)}, got ${colours.red(got)}`,
    ...(hint === undefined ? [] : [`${colours.cyan('hint')}: ${hint}`]),
  ])
  const why =
    explanation === undefined ? '' : renderExplanation(explanation, facts, workload, colours)
  return `${colours.dim('-->')} ${file}:${line}:${column}\n${lines.join('\n')}\n\n${why}`
}

/** Groups results by file, in the order of the files. */
export function byFile(
  results: readonly CaseResult[],
): readonly (readonly [file: string, results: readonly CaseResult[]])[] {
  const files = [...new Set(results.map(({ file }) => file))]
  return files.map(file => [file, results.filter(result => result.file === file)])
}

/** Tells whether a case failed. */
export function hasFailed({ differences }: CaseResult): boolean {
  return differences.length > 0
}

/** The same as data, for programs; coverage as far as it was asked for. */
export function resultsJson(
  results: readonly CaseResult[],
  coverage: Coverage | undefined,
): object {
  const failed = results.filter(hasFailed).length
  return {
    passed: results.length - failed,
    failed,
    cases: results.map(caseJson),
    ...(coverage === undefined ? {} : { coverage: coverageJson(coverage) }),
  }
}

function caseJson({ case: each, file, workload, decision, differences, ...result }: CaseResult) {
  const { place: expectedAt, ...expected } = each.expected
  const { explanation, facts } = result
  return {
    file,
    ...lineOf(each.place),
    name: each.name,
    workload,
    passed: differences.length === 0,
    expected: { ...expected, ...lineOf(expectedAt) },
    decision,
    ...(explanation === undefined
      ? {}
      : { differences, explanation: explanationJson(explanation, facts, workload) }),
  }
}

function coverageJson({ rules, fields, details }: Coverage) {
  return {
    rules: withPercent(rules),
    fields: withPercent(fields),
    details: details.map(({ place, fields, ...rule }) => ({
      ...rule,
      file: place.file,
      ...lineOf(place),
      fields: fields.map(({ place, ...field }) => ({ ...field, ...lineOf(place) })),
    })),
  }
}

function withPercent(share: Share) {
  return { ...share, percent: percentOf(share) }
}

function lineOf({ line, column }: Place) {
  return { line, column }
}

function renderResult(result: CaseResult, colours: Colours): string {
  const name = visibleText(result.case.name)
  if (!hasFailed(result)) return `  ${colours.green('✓')} ${name}\n`
  const detail = renderFailure(result, colours)
    .trimEnd()
    .replaceAll(/^(?=.)/gm, '      ')
  return `  ${colours.red('✗')} ${colours.bold(name)}\n${detail}\n\n`
}
