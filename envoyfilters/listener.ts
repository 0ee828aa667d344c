import type { Configuration } from '../config/index.js'
import type { HttpFilter, Json } from '../filters/index.js'
import { serverCluster } from './clusters.js'
import { envoyAddress } from './socket-address.js'

/**
 * Makes plain Envoy's listener in front of the OAuth server.
 *
 * Policies and the server see one and the same path: it is normalised once, and what two readers
 * could normalise differently (`%2f`) is refused. Nobody in front of this Envoy is trusted, so that
 * the caller's address is that of the connection and no header of it counts. Names with underscores
 * pass, because servers behind may need them; the strip filter knows both spellings of its own.
 */
export function listener(
  { envoy }: Configuration,
  transportSocket: Json,
  filters: readonly HttpFilter[],
): { readonly [key: string]: Json } {
  return {
    name: 'sidecert',
    address: envoyAddress(envoy.listen),
    per_connection_buffer_limit_bytes: 32_768,
    // Notes the server name of the handshake, which policies can ask for.
    listener_filters: [
      {
        name: 'envoy.filters.listener.tls_inspector',
        typed_config: {
          '@type':
            'type.googleapis.com/envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector',
        },
      },
    ],
    filter_chains: [
      {
        transport_socket_connect_timeout: '10s',
        transport_socket: transportSocket,
        filters: [
          {
            name: 'envoy.filters.network.http_connection_manager',
            typed_config: connectionManager(filters),
          },
        ],
      },
    ],
  }
}

function connectionManager(filters: readonly HttpFilter[]): Json {
  return {
    '@type':
      'type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager',
    stat_prefix: 'sidecert',
    codec_type: 'AUTO',
    forward_client_cert_details: 'SANITIZE',
    use_remote_address: true,
    xff_num_trusted_hops: 0,
    internal_address_config: { unix_sockets: false },
    normalize_path: true,
    merge_slashes: true,
    path_with_escaped_slashes_action: 'REJECT_REQUEST',
    max_request_headers_kb: 60,
    request_headers_timeout: '10s',
    request_timeout: '60s',
    stream_idle_timeout: '60s',
    common_http_protocol_options: {
      headers_with_underscores_action: 'ALLOW',
      max_headers_count: 100,
      idle_timeout: '300s',
      // Verified once, a certificate is used for no longer than this after it has expired.
      max_connection_duration: '600s',
    },
    http2_protocol_options: {
      max_concurrent_streams: 100,
      initial_stream_window_size: 65_536,
      initial_connection_window_size: 1_048_576,
    },
    route_config: {
      name: 'sidecert',
      virtual_hosts: [
        {
          name: serverCluster,
          domains: ['*'],
          routes: [{ match: { prefix: '/' }, route: { cluster: serverCluster, timeout: '60s' } }],
        },
      ],
    },
    http_filters: filters.map(filter => ({ ...filter })),
  }
}
