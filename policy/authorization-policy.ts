import type { Place } from './diagnostic.js'

/** What a matching rule of a policy does. CUSTOM is Istio's own business and never gets here. */
export type PolicyAction = 'ALLOW' | 'DENY' | 'AUDIT'

/**
 * One Istio `AuthorizationPolicy` (`security.istio.io/v1`), read and checked: plain data that the
 * service compiles to matchers and the generator translates to Envoy's RBAC.
 */
export interface AuthorizationPolicy {
  readonly name: string
  readonly namespace: string
  /** `spec.selector.matchLabels`; empty selects every workload in scope. */
  readonly matchLabels: Readonly<Record<string, string>>
  readonly action: PolicyAction
  /** `istio.io/dry-run: "true"`: evaluated and reported, never deciding. */
  readonly dryRun: boolean
  /** ORed. None: an ALLOW policy that never matches. */
  readonly rules: readonly Rule[]
  readonly place: Place
}

/** One rule: any of `from` (if there are any) AND any of `to` (if any) AND all of `when`. */
export interface Rule {
  /** `ns[NAMESPACE]-policy[NAME]-rule[INDEX]`, the name that Istio gives it. */
  readonly name: string
  readonly from: readonly Clause[]
  readonly to: readonly Clause[]
  readonly when: readonly Condition[]
  readonly place: Place
}

/** One `source` or `operation`: all of its conditions hold. */
export type Clause = readonly Condition[]

/** One field of a clause, or one list of a `when`: any pattern matches, or none if negated. */
export interface Condition {
  /** As the policy spells it, such as `from[0].source.notPrincipals` or `when[1].values`. */
  readonly field: string
  readonly attribute: Attribute
  readonly negated: boolean
  /** ORed, in the order of the policy; never empty. */
  readonly patterns: readonly Pattern[]
  readonly place: Place
}

/** What a condition looks at. */
export type Attribute =
  | { readonly kind: 'principal' }
  | { readonly kind: 'namespace' }
  | { readonly kind: 'service-account' }
  | { readonly kind: 'trust-domain' }
  | { readonly kind: 'source-ip' }
  | { readonly kind: 'remote-ip' }
  | { readonly kind: 'destination-ip' }
  | { readonly kind: 'destination-port' }
  | { readonly kind: 'host' }
  | { readonly kind: 'method' }
  | { readonly kind: 'path' }
  | { readonly kind: 'sni' }
  /** `name` in lower case. */
  | { readonly kind: 'header'; readonly name: string }

/** One value of a condition. Which kinds occur depends on the attribute. */
export type Pattern =
  | StringPattern
  | PathTemplate
  | NamespacePattern
  | ServiceAccountPattern
  | AddressRange
  | Port

/** A string with at most one `*`, at its start or its end; a lone `*` is `any`. */
export type StringPattern =
  | { readonly kind: 'exact'; readonly value: string }
  | { readonly kind: 'prefix'; readonly value: string }
  | { readonly kind: 'suffix'; readonly value: string }
  | { readonly kind: 'any' }

/** A path with the operators `{*}` (one segment) and `{**}` (any rest). */
export interface PathTemplate {
  readonly kind: 'template'
  readonly source: string
}

/** A namespace in which every `*` stands for any run of characters, slashes too. */
export interface NamespacePattern {
  readonly kind: 'namespace'
  readonly value: string
}

/** A service account of a namespace, in any trust domain. */
export interface ServiceAccountPattern {
  readonly kind: 'service-account'
  readonly namespace: string
  readonly serviceAccount: string
}

/** An IPv4 or IPv6 address range; a lone address has all its bits as prefix. */
export interface AddressRange {
  readonly kind: 'address-range'
  readonly address: string
  readonly prefixLength: number
}

/** A TCP port, 0 to 65535. */
export interface Port {
  readonly kind: 'port'
  readonly port: number
}
