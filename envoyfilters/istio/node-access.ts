import type { Configuration } from '../../config/index.js'
import type { DescribedResource } from '../resource-file.js'
import { curityOpenPorts } from './peer-authentication.js'

/** Curity's ports between its nodes: configuration and the distributed service. */
const nodePorts = ['6789', '6790']

/**
 * Makes the AuthorizationPolicy that lets Curity's nodes work once any ALLOW policy selects them:
 * Istio then denies what none of them allows, other ports included.
 */
export function nodeAccess({
  authorizationServer: { name, namespace, labels, spiffeId, curity },
}: Configuration): readonly DescribedResource[] {
  if (curity === undefined) return []
  const principals = [spiffeId, curity.admin.spiffeId].map(id => id.slice('spiffe://'.length))
  const resource = {
    apiVersion: 'security.istio.io/v1',
    kind: 'AuthorizationPolicy',
    metadata: { name: `${name}-nodes`, namespace },
    spec: {
      selector: { matchLabels: labels },
      action: 'ALLOW',
      rules: [
        {
          from: [{ source: { principals } }],
          to: [{ operation: { ports: nodePorts } }],
        },
        { to: [{ operation: { ports: Object.values(curityOpenPorts).map(String) } }] },
      ],
    },
  }
  const about =
    'Its own nodes among each other, and anybody for health and metrics: without this, the policies\nthat allow the OAuth endpoints would close those ports.'
  return [{ resource, about }]
}
