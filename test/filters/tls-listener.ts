import type { IssuedSvid } from '../../rig/index.js'

const answer = { match: { prefix: '/' }, direct_response: { status: 200 } }

/**
 * The connection manager that answers by itself, with the header as a server would have got it.
 *
 * @param routes - answered 200 to every path unless other routes are given
 * @param settings - further settings
 */
export function answeringManager(
  filters: readonly object[],
  routes: readonly object[] = [answer],
  settings: object = {},
): object {
  return {
    name: 'http',
    typed_config: {
      '@type':
        'type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager',
      stat_prefix: 'http',
      normalize_path: true,
      route_config: {
        virtual_hosts: [
          {
            name: 'all',
            domains: ['*'],
            routes,
            response_headers_to_add: [
              { header: { key: 'seen-certificate', value: '%REQ(x-client-certificate)%' } },
            ],
          },
        ],
      },
      http_filters: [
        ...filters,
        {
          name: 'router',
          typed_config: {
            '@type': 'type.googleapis.com/envoy.extensions.filters.http.router.v3.Router',
          },
        },
      ],
      ...settings,
    },
  }
}

/** A socket that asks for a client certificate and does without, with sessions that are resumed. */
export function optionalTls(
  server: IssuedSvid,
  protocols: readonly string[] = ['http/1.1'],
): object {
  return {
    name: 'tls',
    typed_config: {
      '@type': 'type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext',
      require_client_certificate: false,
      common_tls_context: {
        alpn_protocols: protocols,
        tls_certificates: [
          {
            certificate_chain: { inline_string: server.chain },
            private_key: { inline_string: server.key },
          },
        ],
        validation_context: { trusted_ca: { inline_string: server.ca } },
      },
    },
  }
}

/** A listener on a free port of loopback with these filters behind {@link optionalTls}. */
export function tlsListener(name: string, filters: readonly object[], server: IssuedSvid): object {
  return {
    name,
    address: { socket_address: { address: '127.0.0.1', port_value: 0 } },
    filter_chains: [
      { transport_socket: optionalTls(server), filters: [answeringManager(filters)] },
    ],
  }
}
