import type { Configuration, Gateway } from '../../config/index.js'
import type { DescribedResource } from '../resource-file.js'

/**
 * Makes the AuthorizationPolicies that refuse requests which bring the forwarded header along, at
 * each of Istio's gateways.
 *
 * They stand at the gateways and not at the server, because there the strip filter goes before RBAC
 * and the header is gone when a policy could see it. What they add is a loud 403 at the edge; what
 * keeps forged headers out is the strip. A gateway that is not Istio's has a sidecar whose inbound
 * side may be TCP, where Istio would take a DENY by a header for a DENY of everything.
 */
export function headerDenials(configuration: Configuration): readonly DescribedResource[] {
  const { gateways, mesh, authorizationServer } = configuration
  const { header } = authorizationServer
  if (mesh.mode === 'gateway') return [behindGateway(configuration)]
  const about = `Who sends ${header.name} from outside is refused. Where this gateway passes TLS through, remove this:\nwithout HTTP there are no headers, and Istio would refuse every connection.`
  return gateways
    .filter(({ product }) => product === 'istio')
    .map((gateway, index) => ({ resource: denial(gateway, header.name, index), about }))
}

/**
 * Where the gateway strips and sets the header, the server's sidecar does not: there it is believed
 * from the gateway alone.
 */
function behindGateway(configuration: Configuration): DescribedResource {
  const { gateways, authorizationServer: server } = configuration
  const notPrincipals = gateways
    .filter(({ product }) => product === 'istio')
    .map(({ spiffeId }) => spiffeId.slice('spiffe://'.length))
  const resource = {
    apiVersion: 'security.istio.io/v1',
    kind: 'AuthorizationPolicy',
    metadata: { name: 'certificate-header-from-gateway', namespace: server.namespace },
    spec: {
      selector: { matchLabels: server.labels },
      action: 'DENY',
      rules: spellings(server.header.name).map(name => ({
        from: [{ source: { notPrincipals } }],
        to: [{ operation: { ports: [String(server.port)] } }],
        when: [{ key: `request.headers[${name}]`, values: ['*'] }],
      })),
    },
  }
  const about = 'The gateway writes the header, and nobody else may: not even inside the mesh.'
  return { resource, about }
}

function denial({ namespace, labels }: Gateway, header: string, index: number) {
  const name = `no-certificate-header${index === 0 ? '' : `-${index + 1}`}`
  return {
    apiVersion: 'security.istio.io/v1',
    kind: 'AuthorizationPolicy',
    metadata: { name, namespace },
    spec: {
      selector: { matchLabels: labels },
      action: 'DENY',
      rules: spellings(header).map(name => ({
        when: [{ key: `request.headers[${name}]`, values: ['*'] }],
      })),
    },
  }
}

const most = 16

/**
 * Lists the spellings of a header's name with a dash or an underscore in each place: Istio's policies
 * know no pattern for names. With more than four places, those with one sort only.
 */
export function spellings(name: string): readonly string[] {
  const parts = name.split(/[-_]/)
  if (2 ** (parts.length - 1) > most) return [parts.join('-'), parts.join('_')]
  return parts
    .slice(1)
    .reduce<readonly string[]>(
      (heads, part) => heads.flatMap(head => [`${head}-${part}`, `${head}_${part}`]),
      parts.slice(0, 1),
    )
}
