import type { Configuration } from '../../config/index.js'

/** Which inbound chain the filters are put into. */
export interface FilterPlace {
  readonly context: 'SIDECAR_INBOUND' | 'GATEWAY'
  readonly namespace: string
  readonly labels: Readonly<Record<string, string>>
  /** The container's port. */
  readonly port: number
}

/**
 * Tells whose Envoy ends the mutual TLS of clients: the server's sidecar, or the one gateway of
 * Istio's, as `mesh.mode` says. An EnvoyFilter has to be in the namespace of the pods that it is for.
 */
export function filterPlace({ mesh, authorizationServer, gateways }: Configuration): FilterPlace {
  const gateway = gateways.find(({ product }) => product === 'istio')
  if (mesh.mode !== 'gateway' || gateway === undefined) {
    const { namespace, labels, port } = authorizationServer
    return { context: 'SIDECAR_INBOUND', namespace, labels, port }
  }
  const { namespace, labels, port } = gateway
  return { context: 'GATEWAY', namespace, labels, port }
}
