import { diagnosticCatalogue, type Place } from '../policy/index.js'
import { blockScalars } from './block-scalars.js'
import { lintCatalogue } from './catalogue.js'
import { type Finding, finding } from './finding.js'

/** A finding that a comment accepts, with the reason that the comment gives. */
export interface AcceptedFinding {
  readonly finding: Finding
  readonly reason: string
}

/** The findings of one file after its acceptances. */
export interface Acceptances {
  readonly findings: readonly Finding[]
  readonly accepted: readonly AcceptedFinding[]
}

interface Acceptance {
  readonly codes: readonly string[]
  readonly reason: string
  /** The lines whose findings it accepts. */
  readonly lines: readonly number[]
  readonly place: Place
}

/**
 * Takes out the findings that a comment accepts: `# sidecert-lint: accept SL1001 because REASON`, at
 * the end of the finding's line or alone above it (`--` instead of `#` in Lua). Several codes are
 * joined by commas. What stands behind a `#` in a block scalar is text of a file within the file and
 * no comment of this one. A comment that accepts nothing is a finding itself, and none accepts those.
 */
export function applyAcceptances(
  text: string,
  file: string,
  findings: readonly Finding[],
): Acceptances {
  if (!text.includes('sidecert-lint')) return { findings, accepted: [] }
  const { acceptances, problems } = readAcceptances(text, file)
  const accepted: AcceptedFinding[] = []
  const left: Finding[] = []
  const used = new Set<string>()
  for (const found of findings) {
    const by = acceptances.find(
      ({ codes, lines }) => codes.includes(found.code) && lines.includes(found.place.line),
    )
    if (by === undefined) left.push(found)
    else {
      accepted.push({ finding: found, reason: by.reason })
      used.add(`${by.place.line} ${found.code}`)
    }
  }
  const stale = acceptances.flatMap(({ codes, place }) =>
    codes
      .filter(code => !used.has(`${place.line} ${code}`))
      .map(code => finding('SL0003', `nothing here raises ${code}`, place)),
  )
  return { findings: [...left, ...problems, ...stale], accepted }
}

function readAcceptances(text: string, file: string) {
  const acceptances: Acceptance[] = []
  const problems: Finding[] = []
  const lines = text.split('\n')
  const scalars = blockScalars(text)
  let end = 0
  for (const [index, line] of lines.entries()) {
    const start = end
    end += line.length + 1
    const match = /(?:#|--)\s*sidecert-lint(?:\s*:|(?=\s+accept\b))\s*(.*?)\s*(?: # .*)?$/.exec(
      line,
    )
    if (match === null) continue
    const offset = start + match.index
    if (match[0].startsWith('#') && scalars.some(([from, to]) => offset >= from && offset < to)) {
      continue
    }
    const place = {
      file,
      line: index + 1,
      column: match.index + 1,
      endColumn: line.trimEnd().length + 1,
    }
    const read = readComment(match[1] ?? '', place)
    problems.push(...read.problems)
    if (read.codes.length === 0 || read.reason === '') continue
    const target = isComment(line) ? nextStatement(lines, index) : index
    acceptances.push({ codes: read.codes, reason: read.reason, lines: [target + 1], place })
  }
  return { acceptances, problems }
}

function readComment(text: string, place: Place) {
  const match = /^accept\s+([A-Za-z0-9]+(?:\s*,\s*[A-Za-z0-9]+)*)(?:\s+because\b\s*(.*))?$/.exec(
    text,
  )
  if (match === null) {
    const message = `"${text}" is nothing that the linter understands`
    return { codes: [], reason: '', problems: [finding('SL0004', message, place)] }
  }
  const codes = (match[1] ?? '').split(/\s*,\s*/)
  const reason = match[2] ?? ''
  const unknown = codes.filter(code => !isKnown(code))
  const problems = unknown.map(code => finding('SL0002', `there is no code ${code}`, place))
  if (reason === '') {
    problems.push(finding('SL0001', `${codes.join(', ')} is accepted without a reason`, place))
  }
  return { codes: codes.filter(isKnown), reason, problems }
}

function isKnown(code: string): boolean {
  return Object.hasOwn(lintCatalogue, code) || Object.hasOwn(diagnosticCatalogue, code)
}

function isComment(line: string): boolean {
  return /^\s*(?:#|--(?!-))/.test(line)
}

/** The next line that is neither a comment nor empty. */
function nextStatement(lines: readonly string[], index: number): number {
  const rest = lines.slice(index + 1).findIndex(line => line.trim() !== '' && !isComment(line))
  return rest === -1 ? index : index + 1 + rest
}
