import type { Configuration, Forwarding } from '../config/index.js'
import type { Json } from '../filters/index.js'
import { type Diagnostic, diagnostic } from '../policy/index.js'
import type { ServiceRoute } from './chain.js'
import { clusterOfService, serviceCluster } from './clusters.js'

/** How a sidecar reaches the service, with the clusters that Istio does not make. */
export interface IstioRoute extends ServiceRoute {
  readonly clusters: readonly Json[]
  readonly diagnostics: readonly Diagnostic[]
}

/**
 * Finds how an Istio sidecar reaches the ext_authz service: the cluster that Istio makes of its
 * Kubernetes Service, whose port has the number that the service listens on and a name that begins
 * with `grpc`. A second container is reached over its socket, by a cluster of our own.
 */
export function serviceRoute({ service }: Configuration, forwarding: Forwarding): IstioRoute {
  const { listen, host, deployment } = service
  if (listen.kind === 'unix' && deployment === 'container') {
    const clusters = forwarding === 'ext-authz' ? [clusterOfService(listen)] : []
    return { cluster: serviceCluster, authority: host, clusters, diagnostics: [] }
  }
  const port = listen.kind === 'tcp' ? listen.port : 0
  const route = { cluster: `outbound|${port}||${host}`, authority: host, clusters: [] }
  if (forwarding !== 'ext-authz' || port !== 0) return { ...route, diagnostics: [] }
  const problem = diagnostic(
    'SC0301',
    'Istio reaches the service by the port of its Kubernetes Service, and service.listen names none',
    'Set service.listen to an address with a port, or target to envoy.',
  )
  return { ...route, diagnostics: [problem] }
}
