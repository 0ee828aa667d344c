import type { AuthorizationPolicy, PolicyAction } from './authorization-policy.js'
import { expandTrustDomains, type TrustDomains } from './trust-domain-aliases.js'
import { selects, type Workload } from './workload.js'

/** What decides which policies speak of a workload, and what their trust domains mean. */
export interface PolicyScope extends TrustDomains {
  readonly workload: Workload
  /** The namespace whose policies speak of every workload, such as `istio-system`. */
  readonly rootNamespace: string
}

const evaluationOrder: readonly PolicyAction[] = ['AUDIT', 'DENY', 'ALLOW']

/**
 * Selects the policies that speak of a workload: those of its namespace and of the root namespace
 * whose selector is a subset of its labels. They come in the order in which Istio evaluates them,
 * AUDIT, DENY, ALLOW, and with their trust domains written out.
 */
export function policiesFor(
  policies: readonly AuthorizationPolicy[],
  scope: PolicyScope,
): readonly AuthorizationPolicy[] {
  const { workload, rootNamespace } = scope
  const inScope = policies.filter(({ namespace, matchLabels }) => {
    const near = namespace === workload.namespace || namespace === rootNamespace
    return near && selects(matchLabels, workload.labels)
  })
  return evaluationOrder
    .flatMap(action => inScope.filter(policy => policy.action === action))
    .map(policy => expandTrustDomains(policy, scope))
}
