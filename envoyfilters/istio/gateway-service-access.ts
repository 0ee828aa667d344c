import type { Configuration } from '../../config/index.js'
import type { DescribedResource } from '../resource-file.js'
import { selectorLabels } from '../service/labels.js'

/**
 * Makes the AuthorizationPolicy that lets the gateway ask the ext_authz service, which with
 * `mesh.mode` gateway is asked by the gateway's Envoy and not by the server's sidecar.
 */
export function gatewayServiceAccess(configuration: Configuration): readonly DescribedResource[] {
  const { gateways, service } = configuration
  const { listen, namespace } = service
  const principals = gateways
    .filter(({ product }) => product === 'istio')
    .map(({ spiffeId }) => spiffeId.slice('spiffe://'.length))
  if (listen.kind === 'unix') return []
  const operation = {
    methods: ['POST'],
    paths: ['/envoy.service.auth.v3.Authorization/Check'],
    ports: [String(listen.port)],
  }
  const resource = {
    apiVersion: 'security.istio.io/v1',
    kind: 'AuthorizationPolicy',
    metadata: { name: `${service.name}-gateway`, namespace },
    spec: {
      selector: { matchLabels: selectorLabels(configuration) },
      action: 'ALLOW',
      rules: [{ from: [{ source: { principals } }], to: [{ operation }] }],
    },
  }
  return [{ resource, about: 'The gateway asks the ext_authz service.' }]
}
