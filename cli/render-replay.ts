import { quotedBytes, type ReplayedChange, type ReplayResult } from '../policy/index.js'
import type { Colours } from './colours.js'
import { decidedByText } from './render-comparison.js'

/** Lines of a log that hold no decision of a policy. */
export interface LinesRead {
  readonly events: number
  readonly withoutPolicy: number
  readonly malformed: number
}

/** How many operations of a caller are shown; the rest are counted. */
const maximumShown = 20

/** Renders for people which decisions would change, by caller, the most frequent first. */
export function renderReplay(result: ReplayResult, lines: LinesRead, colours: Colours): string {
  const { changes, changedElsewhere } = result
  const callers = [...groupByCaller(changes)].map(([caller, its]) => {
    const shown = its.slice(0, maximumShown)
    const rest = its.slice(maximumShown)
    const more =
      rest.length === 0 ? [] : [`    and ${rest.length} more operations (--output json has them)`]
    const text = [
      colours.bold(caller),
      ...shown.flatMap(change => renderChange(change, colours)),
      ...more,
    ]
    return `${text.join('\n')}\n\n`
  })
  const elsewhere =
    changedElsewhere === 0
      ? ''
      : `${changedElsewhere} more changed decisions, of operations beyond the first ${changes.length}\n`
  return [...callers, elsewhere, ...sums(result, lines, colours)].join('')
}

/** The same as data, for programs. */
export function replayJson(result: ReplayResult, lines: LinesRead): object {
  const changes = result.changes.map(({ peer, ...change }) => ({
    caller: callerText(peer),
    ...change,
  }))
  return { different: result.changed > 0, ...result, changes, skipped: lines }
}

function renderChange(change: ReplayedChange, colours: Colours): readonly string[] {
  const { method, path, workload, before, after, count, first, last } = change
  const gained = after.verdict === 'allow'
  const paint = gained ? colours.green : colours.red
  const times = first === last ? first : `${first} to ${last}`
  const operation = `${method} ${shownPath(path)}`
  return [
    `  ${paint(`${gained ? '+' : '-'} ${operation}`)}  ${count}x, ${times}`,
    colours.dim(
      `      ${decidedByText(before)} -> ${decidedByText(after)} (workload of ${workload.namespace})`,
    ),
  ]
}

/** A path as the log has it, its control characters made visible. */
function shownPath(path: string): string {
  return /^[\x21-\x7e]*$/.test(path) ? path : quotedBytes(path)
}

function sums(
  { decisions, same, changed, cannotTell }: ReplayResult,
  { events, withoutPolicy, malformed }: LinesRead,
  colours: Colours,
): readonly string[] {
  const rows: readonly (readonly [number, string])[] = [
    [decisions, 'decisions replayed'],
    [same, 'the same'],
    [changed, 'changed'],
    ...cannotTell.map(({ missing, count }) => {
      return [count, `cannot tell: the log lacks ${missing.join(', ')}`] as const
    }),
    [withoutPolicy, 'decided without a policy, passed over'],
    [events, 'other lines, passed over'],
    [malformed, 'malformed lines, passed over'],
  ]
  const shown = rows.filter(([count], index) => count > 0 || index < 3)
  const width = Math.max(...shown.map(([count]) => String(count).length))
  return shown.map(([count, what]) => {
    const text = `${String(count).padStart(width)} ${what}\n`
    return what.startsWith('cannot tell') ? colours.yellow(text) : text
  })
}

function groupByCaller(
  changes: readonly ReplayedChange[],
): ReadonlyMap<string, readonly ReplayedChange[]> {
  const groups = new Map<string, ReplayedChange[]>()
  for (const change of changes) {
    const caller = callerText(change.peer)
    const known = groups.get(caller)
    if (known === undefined) groups.set(caller, [change])
    else known.push(change)
  }
  return groups
}

function callerText(peer: ReplayedChange['peer']): string {
  switch (peer.kind) {
    case 'svid':
      return peer.spiffeId
    case 'absent':
      return 'no certificate'
    case 'invalid':
      return `a certificate that is no X.509-SVID: ${peer.reason}`
  }
}
