import type { Configuration } from '../config/index.js'
import type { Json, PlacedFilter } from '../filters/index.js'

/** An Istio `EnvoyFilter`, with a reason for each of its patches in the same order. */
export interface EnvoyFilterResource {
  readonly resource: { readonly [key: string]: Json }
  readonly reasons: readonly string[]
}

const connectionManager = 'envoy.filters.network.http_connection_manager'

/**
 * Makes the EnvoyFilter that puts the filters into the inbound chain of the authorization server's
 * sidecar.
 *
 * The port is the container's, not the Service's. `priority` lets the patches be applied after those
 * of others, so that `INSERT_FIRST` is first and `INSERT_BEFORE` the router is last whatever else is
 * inserted. `ADD` would land behind the router, which Envoy refuses, and `filterClass` does nothing.
 *
 * @param clusters - those that the filters call and Istio does not make
 */
export function envoyFilter(
  { authorizationServer }: Configuration,
  filters: readonly PlacedFilter[],
  clusters: readonly Json[] = [],
): EnvoyFilterResource {
  const { namespace, labels, port } = authorizationServer
  const first = filters.filter(({ position }) => position === 'first')
  // Each INSERT_FIRST goes before the one before it.
  const patches = [
    ...first.toReversed().map(filter => insertFirst(filter, port)),
    ...filters
      .filter(({ position }) => position === 'last')
      .map(filter => insertBeforeRouter(filter, port)),
  ]
  const resumption = {
    patch: withoutSessionResumption(port),
    reason:
      'Envoy verifies no certificate on a resumed TLS session, so there are none. TLS chains only:\nthe patch would turn a plaintext chain into a TLS chain without a certificate.',
  }
  const all = [...clusters.map(addCluster), ...patches, resumption]
  return {
    resource: {
      apiVersion: 'networking.istio.io/v1alpha3',
      kind: 'EnvoyFilter',
      metadata: { name: 'client-certificate-filter', namespace },
      spec: {
        workloadSelector: { labels },
        priority: 1000,
        configPatches: all.map(({ patch }) => patch),
      },
    },
    reasons: all.map(({ reason }) => reason),
  }
}

interface Patch {
  readonly patch: Json
  readonly reason: string
}

function addCluster(cluster: Json): Patch {
  const match = { context: 'SIDECAR_OUTBOUND' }
  const patch = { applyTo: 'CLUSTER', match, patch: { operation: 'ADD', value: cluster } }
  return { patch, reason: 'What the check is sent to: no Kubernetes Service stands for it.' }
}

function insertFirst({ filter, reason }: PlacedFilter, portNumber: number): Patch {
  const patch = {
    applyTo: 'HTTP_FILTER',
    match: {
      context: 'SIDECAR_INBOUND',
      listener: { portNumber, filterChain: { filter: { name: connectionManager } } },
    },
    patch: { operation: 'INSERT_FIRST', value: { ...filter } },
  }
  return { patch, reason }
}

function insertBeforeRouter({ filter, reason }: PlacedFilter, portNumber: number): Patch {
  const subFilter = { name: 'envoy.filters.http.router' }
  const patch = {
    applyTo: 'HTTP_FILTER',
    match: {
      context: 'SIDECAR_INBOUND',
      listener: { portNumber, filterChain: { filter: { name: connectionManager, subFilter } } },
    },
    patch: { operation: 'INSERT_BEFORE', value: { ...filter } },
  }
  return { patch, reason }
}

/** Both switches: TLS 1.3 and tickets are stateless, the older session cache is stateful. */
function withoutSessionResumption(portNumber: number): Json {
  return {
    applyTo: 'FILTER_CHAIN',
    match: {
      context: 'SIDECAR_INBOUND',
      listener: { portNumber, filterChain: { transportProtocol: 'tls' } },
    },
    patch: {
      operation: 'MERGE',
      value: {
        transport_socket: {
          name: 'envoy.transport_sockets.tls',
          typed_config: {
            '@type':
              'type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext',
            disable_stateless_session_resumption: true,
            disable_stateful_session_resumption: true,
          },
        },
      },
    },
  }
}
