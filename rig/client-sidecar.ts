import type { EnvoyBootstrap } from './envoy-process.js'
import type { IssuedSvid } from './pki.js'

const types = 'type.googleapis.com/envoy.extensions'

/** Where a client's sidecar takes plain HTTP to. */
export interface Target {
  /** Names the listener, and the target in Envoy's own messages. */
  readonly name: string
  /** Where the sidecar listens for plain HTTP on loopback; a free port unless said. */
  readonly listen?: Address
  /** The server's sidecar. */
  readonly server: Address
  /** The SPIFFE ID that the server's sidecar must prove. */
  readonly serverId: string
}

/** A TCP address. */
export interface Address {
  readonly address: string
  readonly port: number
}

/** The credentials of a workload, as file names or as text. */
export interface Credentials {
  readonly chain: DataSource
  readonly key: DataSource
  readonly trustedCa: DataSource
}

/** Envoy's `DataSource`, of which the rig uses two kinds. */
export type DataSource = { readonly filename: string } | { readonly inline_string: string }

/** The credentials of an SVID as text, so that no private key is written to a file of its own. */
export function inlineCredentials(svid: IssuedSvid): Credentials {
  return {
    chain: { inline_string: svid.chain },
    key: { inline_string: svid.key },
    trustedCa: { inline_string: svid.ca },
  }
}

/**
 * Configures the Envoy beside a client: it takes plain HTTP from its workload on loopback and
 * sends it on as mutual TLS with the workload's SVID, as a service mesh does. HTTP/1.1 and HTTP/2
 * are kept as they come, headers too.
 */
export function clientSidecar(
  credentials: Credentials,
  targets: readonly Target[],
): EnvoyBootstrap {
  return {
    static_resources: {
      listeners: targets.map(listener),
      clusters: targets.map(target => cluster(credentials, target)),
    },
  }
}

function listener({ name, listen = { address: '127.0.0.1', port: 0 } }: Target) {
  const route = { match: { prefix: '/' }, route: { cluster: name, timeout: '15s' } }
  const connectionManager = {
    '@type': `${types}.filters.network.http_connection_manager.v3.HttpConnectionManager`,
    stat_prefix: name,
    route_config: { virtual_hosts: [{ name, domains: ['*'], routes: [route] }] },
    http_filters: [
      {
        name: 'envoy.filters.http.router',
        typed_config: { '@type': `${types}.filters.http.router.v3.Router` },
      },
    ],
  }
  return {
    name,
    address: socketAddress(listen),
    filter_chains: [
      {
        filters: [
          {
            name: 'envoy.filters.network.http_connection_manager',
            typed_config: connectionManager,
          },
        ],
      },
    ],
  }
}

function cluster({ chain, key, trustedCa }: Credentials, { name, server, serverId }: Target) {
  const isServer = { san_type: 'URI', matcher: { exact: serverId } }
  return {
    name,
    type: 'STRICT_DNS',
    load_assignment: {
      cluster_name: name,
      endpoints: [{ lb_endpoints: [{ endpoint: { address: socketAddress(server) } }] }],
    },
    typed_extension_protocol_options: {
      'envoy.extensions.upstreams.http.v3.HttpProtocolOptions': {
        '@type': `${types}.upstreams.http.v3.HttpProtocolOptions`,
        use_downstream_protocol_config: { http_protocol_options: {}, http2_protocol_options: {} },
      },
    },
    transport_socket: {
      name: 'envoy.transport_sockets.tls',
      typed_config: {
        '@type': `${types}.transport_sockets.tls.v3.UpstreamTlsContext`,
        common_tls_context: {
          tls_certificates: [{ certificate_chain: chain, private_key: key }],
          validation_context: {
            trusted_ca: trustedCa,
            match_typed_subject_alt_names: [isServer],
          },
        },
      },
    },
  }
}

function socketAddress({ address, port }: Address) {
  return { socket_address: { address, port_value: port } }
}
