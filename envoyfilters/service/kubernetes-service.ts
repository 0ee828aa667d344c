import type { Configuration } from '../../config/index.js'
import type { Json } from '../../filters/index.js'
import { metadata, selectorLabels } from './labels.js'

/**
 * Makes the Kubernetes Service that Envoy reaches the service by. The name of its port is what makes
 * Istio speak HTTP/2 to it: by another name every check fails.
 *
 * A DaemonSet is there to answer on the caller's own node, so its Service stays on the node.
 */
export function kubernetesService(configuration: Configuration): { readonly [key: string]: Json } {
  const { listen, deployment } = configuration.service
  const port = listen.kind === 'tcp' ? listen.port : 0
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: metadata(configuration),
    spec: {
      type: 'ClusterIP',
      ...(deployment === 'daemonset' ? { internalTrafficPolicy: 'Local' } : {}),
      selector: selectorLabels(configuration),
      ports: [{ name: 'grpc', port, targetPort: 'grpc', protocol: 'TCP', appProtocol: 'grpc' }],
    },
  }
}
