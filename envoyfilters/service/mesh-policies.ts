import type { Configuration } from '../../config/index.js'
import type { Json } from '../../filters/index.js'
import { metadata, selectorLabels } from './labels.js'

type Resource = { readonly [key: string]: Json }

/** Makes the PeerAuthentication of the service's pods: nobody calls them without a certificate. */
export function peerAuthentication(configuration: Configuration): Resource {
  return {
    apiVersion: 'security.istio.io/v1',
    kind: 'PeerAuthentication',
    metadata: metadata(configuration),
    spec: {
      selector: { matchLabels: selectorLabels(configuration) },
      mtls: { mode: 'STRICT' },
    },
  }
}

/**
 * Makes the AuthorizationPolicy of the service's pods: the authorization server's sidecar alone may
 * ask, and may ask for decisions alone. What says so is the identity of the call's sender; a check
 * says of itself what its sender likes.
 */
export function callersOfTheService(configuration: Configuration): Resource {
  const { authorizationServer, service } = configuration
  const principal = authorizationServer.spiffeId.slice('spiffe://'.length)
  const port = service.listen.kind === 'tcp' ? service.listen.port : 0
  return {
    apiVersion: 'security.istio.io/v1',
    kind: 'AuthorizationPolicy',
    metadata: metadata(configuration),
    spec: {
      selector: { matchLabels: selectorLabels(configuration) },
      action: 'ALLOW',
      rules: [
        {
          from: [{ source: { principals: [principal] } }],
          to: [
            {
              operation: {
                methods: ['POST'],
                paths: ['/envoy.service.auth.v3.Authorization/Check'],
                ports: [String(port)],
              },
            },
          ],
        },
      ],
    },
  }
}
