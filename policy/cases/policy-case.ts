import type { Decision, DecisionReason } from '../decision.js'
import type { DescribedRequest } from '../described-request.js'
import type { Place } from '../diagnostic.js'
import type { Peer } from '../facts.js'
import type { Workload } from '../workload.js'

/** The policy tests of one file, read and checked. */
export interface CaseFile {
  readonly file: string
  /** The workload that the requests are for; undefined: the one that sidecert.yaml names. */
  readonly workload: Workload | undefined
  /** At least one; their names differ. */
  readonly cases: readonly PolicyCase[]
}

/** One policy test: a request of a caller, and what is to become of it. */
export interface PolicyCase {
  readonly name: string
  /** With the file's defaults filled in; header names in lower case. */
  readonly request: DescribedRequest
  readonly peer: Peer
  readonly expected: ExpectedDecision
  /** Where the case stands. */
  readonly place: Place
}

/** What a case expects of the decision. Whatever is left out may be anything. */
export interface ExpectedDecision {
  readonly verdict: Decision['verdict']
  /** The rule that decides, `ns[NAMESPACE]-policy[NAME]-rule[INDEX]`. */
  readonly rule?: string | undefined
  readonly reason?: DecisionReason | undefined
  /** All rules of AUDIT policies that match, in any order. */
  readonly audited?: readonly string[] | undefined
  /** What would be decided if the policies in dry run were enforced. */
  readonly dryRun?: Decision['verdict'] | undefined
  /** Where the expectation stands. */
  readonly place: Place
}
