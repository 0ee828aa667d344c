import type { IssuedSvid } from '../../rig/index.js'
import { answeringManager, optionalTls } from './tls-listener.js'

const listenerFilters = 'type.googleapis.com/envoy.extensions.filters.listener'

/** What a listener does with requests. */
export interface IstioListenerOptions {
  readonly name: string
  readonly filters: readonly object[]
  /** What the listener shows of itself, and whom it trusts. */
  readonly server: IssuedSvid
  /** Answered 200 to every path unless other routes are given. */
  readonly routes?: readonly object[]
  /** Further settings of the connection manager. */
  readonly settings?: object
}

/** The runtime flags of an Istio sidecar. */
export const istioRuntime = {
  layers: [
    {
      name: 'istio',
      static_layer: {
        're2.max_program_size.error_level': 32_768,
        'envoy.reloadable_features.http_reject_path_with_fragment': false,
      },
    },
  ],
}

/**
 * Makes a listener with the settings of an Istio sidecar: TLS without a duty, and plaintext. A line
 * of the PROXY protocol says where a connection arrived.
 */
export function istioListener(options: IstioListenerOptions): object {
  const { name, filters, server, routes, settings } = options
  const manager = answeringManager(filters, routes, settings)
  return {
    name,
    address: { socket_address: { address: '127.0.0.1', port_value: 0 } },
    listener_filters: [
      {
        name: 'proxy_protocol',
        typed_config: { '@type': `${listenerFilters}.proxy_protocol.v3.ProxyProtocol` },
      },
      {
        name: 'tls_inspector',
        typed_config: { '@type': `${listenerFilters}.tls_inspector.v3.TlsInspector` },
      },
    ],
    filter_chains: [
      {
        filter_chain_match: { transport_protocol: 'tls' },
        transport_socket: optionalTls(server, ['h2', 'http/1.1']),
        filters: [manager],
      },
      { filter_chain_match: { transport_protocol: 'raw_buffer' }, filters: [manager] },
    ],
  }
}
