import type { Mesh } from '../kubernetes/mesh-config.js'
import { sameNamespace } from '../kubernetes/resource.js'
import type { PolicyView } from './policy-view.js'

/**
 * Tells whether every workload that a policy selects is for certain selected by another one too: of
 * its namespace or the root namespace, with a selector that asks for no more.
 */
export function reachesAllOf(wide: PolicyView, narrow: PolicyView, mesh: Mesh): boolean {
  const near =
    sameNamespace(wide.resource, narrow.resource) || wide.resource.namespace === mesh.rootNamespace
  const labels = Object.entries(wide.matchLabels)
  return near && labels.every(([key, value]) => narrow.matchLabels[key] === value)
}

/** The policies that speak of every workload that a policy selects, itself included. */
export function beside(
  policy: PolicyView,
  policies: readonly PolicyView[],
  mesh: Mesh,
): readonly PolicyView[] {
  return policies.filter(other => reachesAllOf(other, policy, mesh))
}

/** Tells whether a policy is for the proxies of gateways alone, which take what comes from outside. */
export function isForGateway({ matchLabels }: PolicyView): boolean {
  return Object.values(matchLabels).some(value => /gateway/i.test(value))
}

/** Tells whether a policy stands for sidecars, and not for a waypoint, a gateway or a Service. */
export function isForSidecars({ policy, diagnostics }: PolicyView): boolean {
  return (
    policy !== undefined || !diagnostics.some(({ message }) => message.startsWith('spec.targetRef'))
  )
}
