import type { Configuration, Forwarding } from '../config/index.js'
import type { HttpFilter, Json } from '../filters/index.js'
import type { AuthorizationPolicy } from '../policy/index.js'
import { serverChain } from './chain.js'
import { clusters, serviceCluster } from './clusters.js'
import { downstreamTls, type SecretFile } from './downstream-tls.js'
import { listener } from './listener.js'
import { envoyAddress } from './socket-address.js'

/** A complete static configuration of plain Envoy. */
export interface StaticEnvoy {
  readonly bootstrap: { readonly [key: string]: Json }
  /** The files that the bootstrap names, if its certificates come from files. */
  readonly secretFiles: readonly SecretFile[]
  /** Why each HTTP filter but the router stands where it stands, in their order. */
  readonly reasons: readonly string[]
}

/**
 * Makes the static configuration of an Envoy that takes mutual TLS in front of the OAuth server.
 *
 * @param directory - where Envoy finds the secret files: relative to where it is started, or absolute
 */
export function staticEnvoy(
  configuration: Configuration,
  policies: readonly AuthorizationPolicy[],
  forwarding: Forwarding,
  directory: string,
): StaticEnvoy {
  const route = { cluster: serviceCluster, authority: serviceCluster }
  const chain = serverChain(configuration, policies, forwarding, route)
  const { transportSocket, secretFiles } = downstreamTls(configuration, directory)
  const filters = [...chain.map(({ filter }) => filter), router]
  const { envoy, authorizationServer } = configuration
  const bootstrap = {
    node: { id: `sidecert-${forwarding}`, cluster: authorizationServer.name },
    ...(envoy.admin === undefined ? {} : { admin: { address: envoyAddress(envoy.admin) } }),
    static_resources: {
      listeners: [listener(configuration, transportSocket, filters)],
      clusters: clusters(configuration, forwarding),
    },
    layered_runtime: {
      layers: [
        {
          name: 'sidecert',
          // As in Istio; the default of 100 instructions is too little for the name of an account.
          static_layer: { re2: { max_program_size: { error_level: 32_768 } } },
        },
      ],
    },
    overload_manager: {
      resource_monitors: [
        {
          name: 'envoy.resource_monitors.global_downstream_max_connections',
          typed_config: {
            '@type':
              'type.googleapis.com/envoy.extensions.resource_monitors.downstream_connections.v3.DownstreamConnectionsConfig',
            max_active_downstream_connections: 10_000,
          },
        },
      ],
    },
  }
  const reasons = chain.map(({ reason }) => reason)
  return { bootstrap, secretFiles, reasons }
}

const router: HttpFilter = {
  name: 'envoy.filters.http.router',
  typed_config: {
    '@type': 'type.googleapis.com/envoy.extensions.filters.http.router.v3.Router',
  },
}
