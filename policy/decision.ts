/** Why a request was allowed or denied. */
export type DecisionReason =
  /** A rule of a DENY policy matched. */
  | 'denied-by-rule'
  /** A rule of an ALLOW policy matched. */
  | 'allowed-by-rule'
  /** ALLOW policies select the workload and none of their rules matched. */
  | 'no-rule-matched'
  /** No ALLOW policy selects the workload: `whenNoPolicy` decided. */
  | 'no-policy'

/** The verdict on one request, with the rule that decided. */
export interface Decision {
  readonly verdict: 'allow' | 'deny'
  readonly reason: DecisionReason
  /**
   * `ns[NAMESPACE]-policy[NAME]-rule[INDEX]`, as Istio names it, when a rule decided: of several that
   * match the first by name, which is the one that Envoy names.
   */
  readonly rule?: string
  /** Rules of AUDIT policies that matched; they decide nothing. */
  readonly audited: readonly string[]
  /**
   * What the policies marked `istio.io/dry-run` would have changed; absent when there are none.
   * It decides nothing.
   */
  readonly dryRun?: { readonly verdict: 'allow' | 'deny'; readonly rule?: string }
}

/** Why a rule did not match: the first field that stood against it. */
export interface Mismatch {
  /** The field as the policy spells it, such as `from[0].source.principals`. */
  readonly field: string
  readonly wanted: string
  readonly seen: string
}
