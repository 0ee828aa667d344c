import type { Finding, FindingSeverity, LintResult } from '../lint/index.js'
import type { Place } from '../policy/index.js'
import type { Colours } from './colours.js'

type Texts = ReadonlyMap<string, string>

/** Renders what the linter found for people: by file, each with its source line, and a summary. */
export function renderFindings(result: LintResult, texts: Texts, colours: Colours): string {
  const files = [...new Set(result.findings.map(({ place }) => place.file))]
  const groups = files.map(file => {
    const found = result.findings.filter(({ place }) => place.file === file)
    const lines = (texts.get(file) ?? '').split(/\r?\n/)
    const shown = found.map(item => renderFinding(item, lines, colours)).join('\n')
    return `${colours.bold(colours.underline(file))}\n\n${shown}\n`
  })
  return `${groups.join('')}${summary(result, colours)}\n`
}

/** What the linter found, for programs. */
export function findingsJson({ findings, accepted, read, skipped }: LintResult): object {
  return {
    findings,
    accepted: accepted.map(({ finding, reason }) => ({ ...finding, reason })),
    summary: { ...count(findings), accepted: accepted.length, filesRead: read.length },
    skipped,
  }
}

function renderFinding(
  { code, severity, message, why, mend, reference, place }: Finding,
  lines: readonly string[],
  colours: Colours,
): string {
  const paint = { error: colours.red, warning: colours.yellow, note: colours.blue }[severity]
  return [
    `  ${paint(colours.bold(`${severity} ${code}`))}: ${message}`,
    `    ${colours.dim('-->')} ${place.file}:${place.line}:${place.column}`,
    ...excerpt(place, lines, colours),
    `    ${colours.cyan('why')}: ${why}`,
    `    ${colours.cyan('mend')}: ${mend}`,
    ...(reference === undefined ? [] : [`    ${colours.cyan('see')}: ${reference}`]),
    `    ${colours.dim(`accept: # sidecert-lint: accept ${code} because …`)}`,
    '',
  ].join('\n')
}

/** The line with a caret under what is meant; a tab keeps its width. */
function excerpt(place: Place, lines: readonly string[], colours: Colours): readonly string[] {
  const source = lines[place.line - 1]
  if (source === undefined || source.trim() === '') return []
  const gutter = String(place.line)
  const room = Math.max(1, source.length - place.column + 1)
  const width = Math.max(1, (place.endColumn ?? place.column + 1) - place.column)
  const indent = source.slice(0, place.column - 1).replace(/[^\t]/g, ' ')
  const marks = colours.red('^'.repeat(Math.min(width, room)))
  return [
    `    ${colours.dim(`${gutter} |`)} ${source}`,
    `    ${colours.dim(`${' '.repeat(gutter.length)} |`)} ${indent}${marks}`,
  ]
}

function summary({ findings, accepted, read, skipped }: LintResult, colours: Colours): string {
  const { errors, warnings, notes } = count(findings)
  const parts = [plural(errors, 'error'), plural(warnings, 'warning'), plural(notes, 'note')]
  const head =
    findings.length === 0
      ? colours.green('nothing to object to')
      : colours.bold(parts.filter(part => part !== undefined).join(', '))
  const more = [
    plural(accepted.length, 'finding') && `${plural(accepted.length, 'finding')} accepted`,
    skipped.length > 0 && `${plural(skipped.length, 'file')} skipped${reasons(skipped)}`,
  ].filter(Boolean)
  const tail = more.length > 0 ? `; ${more.join('; ')}` : ''
  return `${head} in ${plural(read.length, 'file') ?? 'no file'}${tail}`
}

function reasons(skipped: LintResult['skipped']): string {
  const broken = skipped.filter(({ reason }) => reason === 'syntax').length
  return broken === 0 ? '' : ` (${broken} not well-formed)`
}

function plural(number: number, word: string): string | undefined {
  if (number === 0) return undefined
  return `${number} ${word}${number === 1 ? '' : 's'}`
}

function count(findings: readonly Finding[]) {
  const of = (severity: FindingSeverity) =>
    findings.filter(found => found.severity === severity).length
  return { errors: of('error'), warnings: of('warning'), notes: of('note') }
}
