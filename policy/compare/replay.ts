import type { CompiledPolicies } from '../compile-policies.js'
import type { Peer } from '../facts.js'
import type { Workload } from '../workload.js'
import { type DecidedBy, decidedByKey } from './box.js'
import type { RecordedDecision } from './recorded-decision.js'
import { replayDecision } from './replay-decision.js'

/** What other policies would have made of the decisions of a log. */
export interface ReplayResult {
  /** How many decisions were replayed, with a result or without. */
  readonly decisions: number
  /** How many would be the same, the deciding rule aside. */
  readonly same: number
  /** How many would be another one. */
  readonly changed: number
  /** By caller and operation, the most frequent first. */
  readonly changes: readonly ReplayedChange[]
  /** How many changed decisions are of a kind that `changes` has no room for. */
  readonly changedElsewhere: number
  /** How many cannot be replayed, by what the log lacks. */
  readonly cannotTell: readonly CannotTell[]
}

/** Decisions about one caller and operation that would change in the same way. */
export interface ReplayedChange {
  readonly peer: Peer
  readonly workload: Workload
  readonly method: string
  readonly path: string
  readonly before: DecidedBy
  readonly after: DecidedBy
  readonly count: number
  readonly first: string
  readonly last: string
}

/** Decisions that cannot be replayed for want of the same. */
export interface CannotTell {
  readonly missing: readonly string[]
  readonly count: number
}

/** Takes decisions one by one. */
export interface Replay {
  add(recorded: RecordedDecision): void
  result(): ReplayResult
}

/** How many kinds of changes are kept apart: a log may have any number of paths. */
const maximumChanges = 10_000

/**
 * Starts a replay. It keeps counts and no decisions, so that a log may be of any length.
 *
 * @param policiesFor the policies to decide by, compiled for a workload
 */
export function startReplay(policiesFor: (workload: Workload) => CompiledPolicies): Replay {
  const changes = new Map<string, ReplayedChange>()
  const cannotTell = new Map<string, CannotTell>()
  let decisions = 0
  let changed = 0
  let changedElsewhere = 0
  let untold = 0
  return {
    add(recorded) {
      decisions++
      const replayed = replayDecision(policiesFor(recorded.workload), recorded)
      if (replayed.kind === 'cannot-tell') {
        untold++
        const { missing } = replayed
        const key = missing.join()
        cannotTell.set(key, { missing, count: (cannotTell.get(key)?.count ?? 0) + 1 })
        return
      }
      const after = replayed.decision
      if (after.verdict === recorded.decision.verdict) return
      changed++
      const key = changeKey(recorded, after)
      const known = changes.get(key)
      if (known === undefined && changes.size >= maximumChanges) changedElsewhere++
      else changes.set(key, grown(known, recorded, after))
    },
    result() {
      return {
        decisions,
        same: decisions - changed - untold,
        changed,
        changes: [...changes.values()].sort((left, right) => right.count - left.count),
        changedElsewhere,
        cannotTell: [...cannotTell.values()].sort((left, right) => right.count - left.count),
      }
    },
  }
}

function changeKey(recorded: RecordedDecision, after: DecidedBy): string {
  const { peer, workload, method, path, decision } = recorded
  const labels = Object.entries(workload.labels).sort()
  const operation = [peer, workload.namespace, labels, method, path]
  return JSON.stringify([operation, decidedByKey(decision), decidedByKey(after)])
}

function grown(
  known: ReplayedChange | undefined,
  recorded: RecordedDecision,
  after: DecidedBy,
): ReplayedChange {
  const { peer, workload, method, path, decision, time } = recorded
  if (known === undefined) {
    const change = { peer, workload, method, path, before: decision, after }
    return { ...change, count: 1, first: time, last: time }
  }
  return {
    ...known,
    count: known.count + 1,
    first: [known.first, time].sort()[0] ?? time,
    last: [known.last, time].sort()[1] ?? time,
  }
}
