import type { Configuration, Gateway } from '../../config/index.js'
import type { DescribedResource, Resource } from '../resource-file.js'

/** Annotations that make gateways call the Service and not its pods, for the Service itself. */
export function serviceAnnotations({ gateways }: Configuration): Readonly<Record<string, string>> {
  return gateways.some(({ product }) => product === 'kong')
    ? { 'ingress.kubernetes.io/service-upstream': 'true' }
    : {}
}

/**
 * Makes the routes of the gateways that have a host name, from outside to the authorization server.
 *
 * A gateway reaches the server under its own SPIFFE ID, which needs a sidecar where it is not
 * Istio's, and calls the Service by its internal name: a call to the address of a pod, or with the
 * name that the browser used, finds no mutual TLS in the mesh.
 */
export function gatewayRoutes(configuration: Configuration): readonly DescribedResource[] {
  return configuration.gateways.flatMap(gateway => {
    const { host, product } = gateway
    if (host === undefined) return []
    if (product === 'istio') return istioRoute(configuration, gateway, host)
    return product === 'other' ? [] : [ingress(configuration, gateway, host)]
  })
}

function routeName({ authorizationServer }: Configuration, { product }: Gateway): string {
  return `${authorizationServer.name}-${product}`
}

function istioRoute(
  configuration: Configuration,
  gateway: Gateway,
  host: string,
): readonly DescribedResource[] {
  const { authorizationServer: server } = configuration
  const name = routeName(configuration, gateway)
  const tls = { mode: 'SIMPLE', credentialName: `${name}-tls` }
  return [
    {
      resource: {
        apiVersion: 'networking.istio.io/v1',
        kind: 'Gateway',
        metadata: { name, namespace: gateway.namespace },
        spec: {
          selector: gateway.labels,
          servers: [
            { port: { number: 443, name: 'https', protocol: 'HTTPS' }, hosts: [host], tls },
          ],
        },
      },
      about: `Its certificate for browsers is the TLS Secret ${tls.credentialName} of this namespace, which is yours to make.`,
    },
    {
      resource: {
        apiVersion: 'networking.istio.io/v1',
        kind: 'VirtualService',
        metadata: { name, namespace: server.namespace },
        spec: {
          hosts: [host],
          gateways: [`${gateway.namespace}/${name}`],
          http: [
            { route: [{ destination: { host: server.host, port: { number: server.port } } }] },
          ],
        },
      },
    },
  ]
}

const annotations = {
  kong: () => ({ 'konghq.com/preserve-host': 'false' }),
  nginx: (host: string) => ({
    'nginx.ingress.kubernetes.io/service-upstream': 'true',
    'nginx.ingress.kubernetes.io/upstream-vhost': host,
  }),
} as const

function ingress(configuration: Configuration, gateway: Gateway, host: string): DescribedResource {
  const { authorizationServer: server } = configuration
  const product = gateway.product === 'kong' ? 'kong' : 'nginx'
  const name = routeName(configuration, gateway)
  const backend = { service: { name: server.serviceName, port: { number: server.port } } }
  const resource: Resource = {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: {
      name,
      namespace: server.namespace,
      annotations: annotations[product](server.host),
    },
    spec: {
      ingressClassName: product,
      tls: [{ hosts: [host], secretName: `${name}-tls` }],
      rules: [{ host, http: { paths: [{ path: '/', pathType: 'Prefix', backend }] } }],
    },
  }
  const about = `The pods of ${gateway.namespace}/${gateway.serviceAccount} need a sidecar: sidecar.istio.io/inject: "true" as a label of theirs.`
  return { resource, about }
}
