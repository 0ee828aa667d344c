import { namespace } from '../kubernetes/namespace.js'
import { serviceAccount } from '../kubernetes/service-account.js'
import type { Generated, PartRequest } from '../part.js'
import { resourceFile } from '../resource-file.js'
import { peerAuthentications } from './peer-authentication.js'

/** Where namespaces, service accounts and PeerAuthentications lie. */
export const namespacesFolder = '3-namespaces'

/** Makes the namespaces, the server's service accounts, and who must bring a certificate. */
export function namespaceFiles({ configuration, targets }: PartRequest): Generated {
  if (!targets.includes('istio')) return { files: [], diagnostics: [] }
  const { authorizationServer: server, service, clients } = configuration
  const names = [server, service, ...clients].map(({ namespace }) => namespace)
  const accounts = [server.serviceAccount, server.curity?.admin.serviceAccount ?? []].flat()
  const folder = `istio/${namespacesFolder}`
  const files = [
    resourceFile(
      configuration,
      `${folder}/namespaces.yaml`,
      ['The namespaces. Pods ask for sidecars one by one, by a label.'],
      [...new Set(names)].map(name => ({ resource: namespace(name) })),
    ),
    resourceFile(
      configuration,
      `${folder}/service-accounts.yaml`,
      [`The server's service accounts: its SPIFFE ID is ${server.spiffeId}.`],
      [...new Set(accounts)].map(name => ({
        resource: serviceAccount({ namespace: server.namespace, serviceAccount: name }),
      })),
    ),
  ]
  const authentication = resourceFile(
    configuration,
    `${folder}/peer-authentication.yaml`,
    [
      'Nobody reaches the server without a certificate of the mesh. Without this Istio takes plaintext',
      'too, from callers that have no identity.',
    ],
    peerAuthentications(configuration),
  )
  const direct = server.curity?.mutualTls === 'direct'
  return { files: direct ? files : [...files, authentication], diagnostics: [] }
}
