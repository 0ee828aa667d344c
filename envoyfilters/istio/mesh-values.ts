import type { Configuration } from '../../config/index.js'
import type { Resource } from '../resource-file.js'

/** The name under which the mesh knows the ext_authz service. */
export const extensionProvider = 'sidecert'

/**
 * Makes the values of Istio's chart `istiod`: the trust domain that every SPIFFE ID begins with, and
 * paths normalised in full, because by default `//token` and `/x%2f..%2ftoken` pass a policy about
 * `/token` that the server may take them for. With placement `custom` the service as an extension provider, which fails closed.
 */
export function istiodValues(configuration: Configuration): Resource {
  const { trustDomain, trustDomainAliases, rootNamespace, clusterDomain, mesh } = configuration
  return {
    meshConfig: {
      trustDomain,
      ...(trustDomainAliases.length === 0 ? {} : { trustDomainAliases }),
      rootNamespace,
      pathNormalization: { normalization: 'DECODE_AND_MERGE_SLASHES' },
      ...(mesh.placement === 'custom' ? { extensionProviders: [provider(configuration)] } : {}),
    },
    global: {
      istioNamespace: rootNamespace,
      ...(clusterDomain === 'cluster.local' ? {} : { proxy: { clusterDomain } }),
    },
  }
}

/** Istio's own default is to wait for ten minutes. */
function provider({ service }: Configuration): Resource {
  const { host, listen, timeoutMilliseconds } = service
  return {
    name: extensionProvider,
    envoyExtAuthzGrpc: {
      service: host,
      port: listen.kind === 'tcp' ? listen.port : 0,
      timeout: `${timeoutMilliseconds / 1000}s`,
      failOpen: false,
      statusOnError: '503',
    },
  }
}

/** Makes the values of Istio's chart `gateway`: the labels by which policies select its pods. */
export function gatewayValues({
  labels,
  serviceAccount,
}: Configuration['gateways'][number]): Resource {
  return { labels, serviceAccount: { create: true, name: serviceAccount } }
}
