/** What a change of policies means: which callers gain or lose which operations. */
export type { DecidedBy } from './box.js'
export {
  type CallerChange,
  type Comparison,
  comparePolicies,
  type OperationChange,
  type WorkloadChange,
} from './compare-policies.js'
export type { PolicySet } from './policy-set.js'
export type { Probe } from './probe.js'
export type { RecordedAttribute, RecordedDecision } from './recorded-decision.js'
export {
  type CannotTell,
  type Replay,
  type ReplayedChange,
  type ReplayResult,
  startReplay,
} from './replay.js'
