import type { Configuration, Forwarding } from '../config/index.js'
import { type Diagnostic, diagnostic } from '../policy/index.js'
import type { ServiceRoute } from './chain.js'

/**
 * Finds how an Istio sidecar reaches the ext_authz service: the cluster that Istio makes of its
 * Kubernetes Service, whose port has the number that the service listens on and a name that begins
 * with `grpc`.
 */
export function serviceRoute(
  { service }: Configuration,
  forwarding: Forwarding,
): ServiceRoute & { readonly diagnostics: readonly Diagnostic[] } {
  const { listen, host } = service
  const port = listen.kind === 'tcp' ? listen.port : 0
  const route = { cluster: `outbound|${port}||${host}`, authority: host }
  if (forwarding !== 'ext-authz' || port !== 0) return { ...route, diagnostics: [] }
  const problem = diagnostic(
    'SC0301',
    'Istio reaches the service by the port of its Kubernetes Service, and service.listen names none',
    'Set service.listen to an address with a port, or target to envoy.',
  )
  return { ...route, diagnostics: [problem] }
}
