import type { Json, PlacedFilter } from '../filters/index.js'
import { customFilter, customMerge } from './istio/custom-merge.js'
import type { FilterPlace } from './istio/filter-place.js'

/** An Istio `EnvoyFilter`, with a reason for each of its patches in the same order. */
export interface EnvoyFilterResource {
  readonly resource: { readonly [key: string]: Json }
  readonly reasons: readonly string[]
}

const connectionManager = 'envoy.filters.network.http_connection_manager'

/** The name of the EnvoyFilter. */
export const envoyFilterName = 'client-certificate-filter'

/**
 * Makes the EnvoyFilter that puts the filters into the inbound chain of the authorization server's
 * sidecar, or of the gateway in front of it.
 *
 * The port is the container's, not the Service's. `priority` lets the patches be applied after those
 * of others, so that `INSERT_FIRST` is first and `INSERT_BEFORE` the router is last whatever else is
 * inserted. `ADD` would land behind the router, which Envoy refuses, and `filterClass` does nothing.
 *
 * @param options `clusters`: those that the filters call and Istio does not make. `placement`
 * `custom`: Istio makes the ext_authz filter, and ours is merged into it
 */
export function envoyFilter(
  place: FilterPlace,
  filters: readonly PlacedFilter[],
  options: {
    readonly clusters?: readonly Json[]
    readonly placement?: 'filter' | 'custom'
  } = {},
): EnvoyFilterResource {
  const first = filters.filter(({ position }) => position === 'first')
  const last = filters.filter(({ position }) => position === 'last')
  const { clusters = [], placement = 'filter' } = options
  const patches = [
    ...clusters.map(cluster => addCluster(place, cluster)),
    // Each INSERT_FIRST goes before the one before it.
    ...first.toReversed().map(filter => insertFirst(place, filter)),
    ...last.map(filter =>
      placement === 'custom' ? mergeCustom(place, filter) : insertBeforeRouter(place, filter),
    ),
    withoutSessionResumption(place),
  ]
  const { namespace, labels } = place
  return {
    resource: {
      apiVersion: 'networking.istio.io/v1alpha3',
      kind: 'EnvoyFilter',
      metadata: { name: envoyFilterName, namespace },
      spec: {
        workloadSelector: { labels },
        priority: 1000,
        configPatches: patches.map(({ patch }) => patch),
      },
    },
    reasons: patches.map(({ reason }) => reason),
  }
}

interface Patch {
  readonly patch: Json
  readonly reason: string
}

function addCluster({ context }: FilterPlace, cluster: Json): Patch {
  const match = { context: context === 'GATEWAY' ? context : 'SIDECAR_OUTBOUND' }
  const patch = { applyTo: 'CLUSTER', match, patch: { operation: 'ADD', value: cluster } }
  return { patch, reason: 'What the check is sent to: no Kubernetes Service stands for it.' }
}

function insertFirst(place: FilterPlace, { filter, reason }: PlacedFilter): Patch {
  return { patch: httpPatch(place, undefined, 'INSERT_FIRST', { ...filter }), reason }
}

function insertBeforeRouter(place: FilterPlace, { filter, reason }: PlacedFilter): Patch {
  const router = 'envoy.filters.http.router'
  return { patch: httpPatch(place, router, 'INSERT_BEFORE', { ...filter }), reason }
}

function mergeCustom(place: FilterPlace, { filter }: PlacedFilter): Patch {
  const reason =
    'Into the filter that Istio makes of the CUSTOM policy, before its RBAC: what an extension provider\ncannot say. Without that policy nothing is asked, and the header stays stripped.'
  return { patch: httpPatch(place, customFilter, 'MERGE', customMerge(filter)), reason }
}

function httpPatch(
  { context, port }: FilterPlace,
  subFilter: string | undefined,
  operation: string,
  value: Json,
): Json {
  const filter = {
    name: connectionManager,
    ...(subFilter === undefined ? {} : { subFilter: { name: subFilter } }),
  }
  return {
    applyTo: 'HTTP_FILTER',
    match: { context, listener: { portNumber: port, filterChain: { filter } } },
    patch: { operation, value },
  }
}

/**
 * Both switches: TLS 1.3 and tickets are stateless, the older session cache is stateful. The chains
 * of a gateway's port all have TLS and match by server name; a sidecar has one for plaintext too.
 */
function withoutSessionResumption({ context, port }: FilterPlace): Patch {
  const value = {
    transport_socket: {
      name: 'envoy.transport_sockets.tls',
      typed_config: {
        '@type':
          'type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext',
        disable_stateless_session_resumption: true,
        disable_stateful_session_resumption: true,
      },
    },
  }
  const chain = context === 'GATEWAY' ? {} : { filterChain: { transportProtocol: 'tls' } }
  return {
    patch: {
      applyTo: 'FILTER_CHAIN',
      match: { context, listener: { portNumber: port, ...chain } },
      patch: { operation: 'MERGE', value },
    },
    reason:
      'Envoy verifies no certificate on a resumed TLS session, so there are none. TLS chains only:\nthe patch would turn a plaintext chain into a TLS chain without a certificate.',
  }
}
