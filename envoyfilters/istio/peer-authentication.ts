import type { Configuration } from '../../config/index.js'
import type { DescribedResource } from '../resource-file.js'

/** Curity's ports for probes and for metrics, which are called from outside the mesh. */
export const curityOpenPorts = { health: 4465, metrics: 4466 } as const

/**
 * Makes the PeerAuthentications that let nobody without a certificate of the mesh reach the
 * authorization server: for Curity its runtime and its admin nodes.
 *
 * Health and metrics take plaintext beside mutual TLS, since kubelet and Prometheus may be outside
 * the mesh. The OAuth port is not among them.
 */
export function peerAuthentications({
  authorizationServer: server,
}: Configuration): readonly DescribedResource[] {
  const { name, namespace, labels, curity } = server
  if (curity === undefined) return [{ resource: strict(`${name}-mtls`, namespace, labels) }]
  return [
    {
      resource: strict(`${name}-runtime-mtls`, namespace, labels, Object.values(curityOpenPorts)),
      about:
        'The runtime nodes. The two ports are health and metrics, without the OAuth endpoints.',
    },
    {
      resource: strict(
        `${name}-admin-mtls`,
        namespace,
        curity.admin.labels,
        Object.values(curityOpenPorts),
      ),
      about: 'The admin node.',
    },
  ]
}

function strict(
  name: string,
  namespace: string,
  matchLabels: Readonly<Record<string, string>>,
  openPorts: readonly number[] = [],
) {
  return {
    apiVersion: 'security.istio.io/v1',
    kind: 'PeerAuthentication',
    metadata: { name, namespace },
    spec: {
      selector: { matchLabels },
      mtls: { mode: 'STRICT' },
      ...(openPorts.length === 0
        ? {}
        : {
            portLevelMtls: Object.fromEntries(
              openPorts.map(port => [String(port), { mode: 'PERMISSIVE' }]),
            ),
          }),
    },
  }
}
