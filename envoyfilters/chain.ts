import type { Configuration, Forwarding } from '../config/index.js'
import { filterChain, type PlacedFilter } from '../filters/index.js'
import { type AuthorizationPolicy, policiesFor } from '../policy/index.js'

/** How Envoy reaches the ext_authz service: its cluster's name and the `:authority` of the calls. */
export interface ServiceRoute {
  readonly cluster: string
  readonly authority: string
}

/** Makes the filters in front of the authorization server, for one way of forwarding. */
export function serverChain(
  configuration: Configuration,
  policies: readonly AuthorizationPolicy[],
  forwarding: Forwarding,
  route: ServiceRoute,
): readonly PlacedFilter[] {
  const { authorizationServer, service, rootNamespace, trustDomain, trustDomainAliases } =
    configuration
  const { namespace, labels, header } = authorizationServer
  const workload = { namespace, labels }
  const scope = { workload, rootNamespace, trustDomain, trustDomainAliases }
  return filterChain({
    header: header.name,
    policies: policiesFor(policies, scope),
    whenNoPolicy: service.whenNoPolicy,
    ...(forwarding === 'ext-authz'
      ? {
          forwarding,
          service: { ...route, timeoutMilliseconds: service.timeoutMilliseconds, workload },
        }
      : { forwarding }),
  })
}
