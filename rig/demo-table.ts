import type { Colors } from 'picocolors/types.js'
import type { Attempt, AttemptGroup, Trial } from './attempts.js'
import type { Outcome } from './outcome.js'
import type { Variant } from './system.js'

/** Every attempt with what came of it on each variant, in the order of the table's columns. */
export interface Results {
  readonly variants: readonly Variant[]
  readonly groups: readonly {
    readonly title: AttemptGroup['title']
    readonly rows: readonly { readonly attempt: Attempt; readonly trials: readonly Trial[] }[]
  }[]
}

const indent = '  '
const gap = '  '
const cellWidth = 14

/** Draws the results as a table for people. */
export function drawTable({ variants, groups }: Results, colors: Colors): string {
  const rows = groups.flatMap(group => group.rows)
  const titleWidth = Math.max(...rows.map(({ attempt }) => attempt.title.length)) + indent.length
  const width = indent.length + titleWidth + variants.length * (gap.length + cellWidth)
  const rule = colors.dim(indent + '─'.repeat(width - indent.length))
  const line = (title: string, cells: readonly string[]) =>
    `${indent}${title.padEnd(titleWidth)}${gap}${cells.join(gap)}`.trimEnd()
  const heading = (cells: readonly string[]) =>
    line(
      '',
      cells.map(cell => colors.bold(cell.padEnd(cellWidth))),
    )
  const body = groups.flatMap(({ title, rows }) => [
    '',
    `${indent}${colors.bold(title)}`,
    ...rows.map(({ attempt, trials }) =>
      line(
        indent + attempt.title,
        trials.map((trial, column) => drawCell(attempt, trial, variants[column], colors)),
      ),
    ),
  ])
  return [
    heading(variants.map(variant => (variant === 'article' ? "the article's" : 'sidecert'))),
    heading(variants.map(variant => (variant === 'article' ? 'filter' : variant))),
    rule,
    ...body.slice(1),
    rule,
  ].join('\n')
}

/** What the words in the table's cells mean, for those that stand in it. */
export function drawLegend(results: Results, colors: Colors): string {
  const trials = results.groups.flatMap(group => group.rows.flatMap(row => row.trials))
  const kinds = new Set(trials.map(({ outcome }) => outcome.kind))
  const entry = (term: string, meaning: string) =>
    `${indent}${term.padEnd(cellWidth)}${gap}${meaning}`
  const stolen = results.groups.some(({ rows }) =>
    rows.some(row => row.trials.some(trial => isTheft(row.attempt, trial.outcome))),
  )
  const entries = [
    ...(stolen
      ? [entry('token stolen', 'a token for website-client was issued to the attacker')]
      : []),
    ...(kinds.has('forgery-passed')
      ? [
          entry(
            'let through',
            'the forged line reached the OAuth server, which may or may not take it',
          ),
        ]
      : []),
    ...(kinds.has('refused-by-sidecar')
      ? [entry('sidecar: 403', 'refused by the sidecar; nothing reached the OAuth server')]
      : []),
    ...(kinds.has('refused-by-server')
      ? [
          entry(
            'server: 401',
            "the OAuth server saw the caller's own certificate alone, and refused",
          ),
        ]
      : []),
  ]
  return colors.dim(entries.join('\n'))
}

function drawCell(
  attempt: Attempt,
  { outcome, asExpected }: Trial,
  variant: Variant | undefined,
  colors: Colors,
): string {
  const text = words(attempt, outcome)
  if (asExpected) return colors.green(`✓ ${text}`.padEnd(cellWidth))
  // The article's filter enforces no policy and does not claim to.
  if (variant === 'article' && outcome.kind === 'refused-by-server')
    return colors.dim(`· ${text}`.padEnd(cellWidth))
  return colors.red(colors.bold(`✗ ${text}`.padEnd(cellWidth)))
}

function words(attempt: Attempt, outcome: Outcome): string {
  switch (outcome.kind) {
    case 'token':
      return isTheft(attempt, outcome) ? 'token stolen' : 'token issued'
    case 'forgery-passed':
      return 'let through'
    case 'refused-by-sidecar':
      return `sidecar: ${outcome.status}`
    case 'refused-by-server':
      return `server: ${outcome.status}`
    case 'no-answer':
      return 'no answer'
  }
}

function isTheft(attempt: Attempt, outcome: Outcome): boolean {
  return outcome.kind === 'token' && attempt.expected !== 'token'
}
