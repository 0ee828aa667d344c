import type { Configuration } from '../../config/index.js'
import type { DescribedResource } from '../resource-file.js'
import { extensionProvider } from './mesh-values.js'

/**
 * Makes the AuthorizationPolicy by which Istio itself puts an ext_authz filter into the chain, for
 * every request on the OAuth port. Istio refuses principals in such a policy: who may call is the
 * service's to decide.
 */
export function customAuthorization({
  authorizationServer: { namespace, labels, port },
}: Configuration): DescribedResource {
  const resource = {
    apiVersion: 'security.istio.io/v1',
    kind: 'AuthorizationPolicy',
    metadata: { name: 'sidecert-check', namespace },
    spec: {
      selector: { matchLabels: labels },
      action: 'CUSTOM',
      provider: { name: extensionProvider },
      rules: [{ to: [{ operation: { ports: [String(port)] } }] }],
    },
  }
  const about =
    'Asks the ext_authz service (meshConfig.extensionProviders) before any other policy: CUSTOM, then\nJWT, AUDIT, DENY, ALLOW. A provider that the mesh does not know denies every request.'
  return { resource, about }
}
