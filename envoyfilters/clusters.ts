import type { Address, Configuration, Forwarding } from '../config/index.js'
import type { Json } from '../filters/index.js'
import { discoveryType, envoyAddress } from './socket-address.js'

/** Plain Envoy's name for the cluster of the OAuth server. */
export const serverCluster = 'authorization_server'

/** Plain Envoy's name for the cluster of the ext_authz service. */
export const serviceCluster = 'sidecert'

/** Plain Envoy's name for the cluster of the SPIFFE Workload API. */
export const workloadApiCluster = 'spiffe_workload_api'

/** Makes the clusters of plain Envoy in front of the OAuth server. */
export function clusters({ envoy }: Configuration, forwarding: Forwarding): readonly Json[] {
  return [
    cluster(serverCluster, envoy.upstream, '5s'),
    ...(forwarding === 'ext-authz' ? [clusterOfService(envoy.service)] : []),
    ...(envoy.tls.kind === 'workload-api'
      ? [
          {
            ...cluster(workloadApiCluster, { kind: 'unix', path: envoy.tls.socket }, '1s'),
            ...http2,
          },
        ]
      : []),
  ]
}

/** Makes the cluster of the ext_authz service at an address. */
export function clusterOfService(address: Address): Json {
  return { ...cluster(serviceCluster, address, '1s'), ...http2 }
}

/**
 * There is one endpoint and no health check: an endpoint that is down is found down by the call
 * itself, which fails closed, and without a check it is found up again as fast.
 */
function cluster(name: string, address: Address, connect_timeout: string) {
  return {
    name,
    type: discoveryType(address),
    connect_timeout,
    load_assignment: {
      cluster_name: name,
      endpoints: [{ lb_endpoints: [{ endpoint: { address: envoyAddress(address) } }] }],
    },
  }
}

/** gRPC; pings find a connection that died without a word. */
const http2 = {
  typed_extension_protocol_options: {
    'envoy.extensions.upstreams.http.v3.HttpProtocolOptions': {
      '@type': 'type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions',
      explicit_http_config: {
        http2_protocol_options: { connection_keepalive: { interval: '30s', timeout: '5s' } },
      },
    },
  },
}
