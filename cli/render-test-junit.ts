import type { CaseResult } from '../policy/index.js'
import { coloursFor } from './colours.js'
import { visibleText } from './render-test-name.js'
import { byFile, hasFailed, renderFailure } from './render-test-results.js'

/**
 * Renders what became of the cases as JUnit XML, which CI systems read: a `testsuite` for each file, a
 * `testcase` for each case, and in a failed one its explanation. The same results give the same text.
 */
export function renderJunit(results: readonly CaseResult[]): string {
  const suites = byFile(results).map(([file, its]) => {
    return element('testsuite', { name: file, ...counts(its) }, its.map(renderCase))
  })
  const root = element('testsuites', { name: 'sidecert', ...counts(results) }, suites)
  return `<?xml version="1.0" encoding="UTF-8"?>\n${root}`
}

function counts(results: readonly CaseResult[]) {
  return { tests: results.length, failures: results.filter(hasFailed).length, errors: 0 }
}

function renderCase(result: CaseResult): string {
  const { case: each, differences, file } = result
  const attributes = { name: each.name, classname: file, file, line: each.place.line }
  if (!hasFailed(result)) return element('testcase', attributes, [])
  const message = differences
    .map(({ field, expected, got }) => `${field}: expected ${expected}, got ${got}`)
    .join('; ')
  const failure = element('failure', { message, type: 'decision' }, [
    escaped(renderFailure(result, coloursFor({}))),
  ])
  return element('testcase', attributes, [failure])
}

function element(
  name: string,
  attributes: Readonly<Record<string, string | number>>,
  content: readonly string[],
): string {
  const pairs = Object.entries(attributes).map(([key, value]) => {
    return ` ${key}="${escaped(visibleText(String(value)))}"`
  })
  const start = `<${name}${pairs.join('')}`
  return content.length === 0 ? `${start}/>\n` : `${start}>\n${content.join('')}</${name}>\n`
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
}

/** Line ends are the only control characters that XML text keeps as they are. */
function escaped(text: string): string {
  return text
    .split('\n')
    .map(line => visibleText(line).replaceAll(/[&<>"]/g, character => entities[character] ?? ''))
    .join('\n')
}
