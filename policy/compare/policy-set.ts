import type { AuthorizationPolicy } from '../authorization-policy.js'
import type { Workload } from '../workload.js'

/** One side of a comparison: policies with what they are compiled by, and who is named beside them. */
export interface PolicySet {
  readonly policies: readonly AuthorizationPolicy[]
  readonly trustDomain: string
  readonly trustDomainAliases: readonly string[]
  readonly rootNamespace: string
  readonly whenNoPolicy: 'allow' | 'deny'
  /** The namespaces whose policies are known, if not all are: workloads of others are denied. */
  readonly namespaces?: readonly string[] | undefined
  /** Workloads that requests are for, besides those that the policies select. */
  readonly workloads: readonly Workload[]
  /** SPIFFE IDs of callers, besides those that the policies name. */
  readonly callers: readonly string[]
}
