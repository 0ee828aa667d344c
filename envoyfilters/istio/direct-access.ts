import type { Configuration } from '../../config/index.js'
import { service } from '../kubernetes/service.js'
import type { DescribedResource } from '../resource-file.js'

/**
 * Makes what leads clients to a server that ends mutual TLS itself, without a sidecar.
 *
 * Where clients have sidecars, those present their SVID (ISTIO_MUTUAL) and verify the server by the
 * mesh's authorities and its SPIFFE ID: the server needs a certificate of the mesh's authority. In an
 * ambient mesh the clients speak TLS by themselves, with an SVID that they fetch.
 */
export function directAccess(configuration: Configuration): readonly DescribedResource[] {
  const { authorizationServer: server, mesh, clusterDomain } = configuration
  const { curity, namespace, labels, spiffeId, name } = server
  if (curity === undefined) return []
  const sidecars = mesh.mode === 'sidecar'
  const serviceName = `${name}-mutual-tls`.slice(-63).replace(/^[^a-z]+/, '')
  const host = `${serviceName}.${namespace}.svc.${clusterDomain}`
  const number = curity.directPort
  const entry = service({
    name: serviceName,
    namespace,
    selector: labels,
    port: { name: sidecars ? 'http-mutual-tls' : 'https-mutual-tls', number, target: number },
  })
  const rule = {
    apiVersion: 'networking.istio.io/v1',
    kind: 'DestinationRule',
    metadata: { name: serviceName, namespace },
    spec: {
      host,
      trafficPolicy: { tls: { mode: 'ISTIO_MUTUAL', subjectAltNames: [spiffeId] } },
    },
  }
  const ports = {
    resource: entry,
    about: sidecars
      ? 'Clients call it in plain HTTP and their sidecars speak TLS, hence http in the name of the port.'
      : 'Clients speak mutual TLS by themselves, with an SVID that they fetch from the Workload API.',
  }
  const identity = {
    resource: rule,
    about: `Clients' sidecars present their SVID. The server's own certificate must be of the mesh's authority,\nfor ${spiffeId}.`,
  }
  return sidecars ? [ports, identity] : [ports]
}
