import type { Configuration } from '../../config/index.js'
import type { Json } from '../../filters/index.js'
import { metadata, selectorLabels } from './labels.js'

const anyNamespace = { namespaceSelector: {} }

/**
 * Makes the NetworkPolicy of the service's pods, the same once more below the mesh: the
 * authorization server's pods reach the port of the service, any pod the agent's metrics, and the
 * sidecar reaches DNS and istiod. The API server's address is nobody's pod: with policies from the
 * cluster its usual ports are open to any address.
 */
export function networkPolicy(configuration: Configuration): { readonly [key: string]: Json } {
  const { authorizationServer, service, cluster } = configuration
  const port = service.listen.kind === 'tcp' ? service.listen.port : 0
  const server = {
    namespaceSelector: {
      matchLabels: { 'kubernetes.io/metadata.name': authorizationServer.namespace },
    },
    podSelector: { matchLabels: authorizationServer.labels },
  }
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: metadata(configuration),
    spec: {
      podSelector: { matchLabels: selectorLabels(configuration) },
      policyTypes: ['Ingress', 'Egress'],
      ingress: [
        { from: [server], ports: [tcp(port)] },
        { from: [anyNamespace], ports: [tcp(15_020)] },
      ],
      egress: [
        { ports: [{ protocol: 'UDP', port: 53 }, tcp(53)] },
        {
          to: [{ ...anyNamespace, podSelector: { matchLabels: { app: 'istiod' } } }],
          ports: [tcp(15_012)],
        },
        ...(cluster === undefined ? [] : [{ ports: [tcp(443), tcp(6443)] }]),
      ],
    },
  }
}

function tcp(port: number): Json {
  return { protocol: 'TCP', port }
}
