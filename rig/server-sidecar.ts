import type { EnvoyBootstrap } from './envoy-process.js'

/**
 * How callers may connect to a server's sidecar. `required` is what sidecert generates; the others
 * are what a mesh that lets in callers without a certificate (Istio's PERMISSIVE) makes of it.
 */
export const admissions = ['required', 'optional', 'plaintext'] as const

/** One of the ways in. */
export type Admission = (typeof admissions)[number]

interface Bootstrap {
  readonly static_resources: {
    readonly listeners: readonly Listener[]
    readonly [key: string]: unknown
  }
}

interface Listener {
  readonly name?: string
  readonly filter_chains: readonly FilterChain[]
  readonly [key: string]: unknown
}

interface FilterChain {
  readonly filters: readonly NetworkFilter[]
  readonly transport_socket?: { readonly typed_config: TlsContext }
  readonly [key: string]: unknown
}

/** envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext. */
interface TlsContext {
  readonly common_tls_context: {
    readonly combined_validation_context?: {
      readonly default_validation_context: object
      readonly [key: string]: unknown
    }
    readonly [key: string]: unknown
  }
  readonly [key: string]: unknown
}

interface NetworkFilter {
  readonly typed_config: { readonly http_filters?: readonly object[] }
}

/**
 * Takes a server sidecar's configuration of one listener and puts that listener behind every kind
 * of admission, each named after it and on a free port of loopback. All else stays as it is.
 */
export function withEveryAdmission(config: EnvoyBootstrap): EnvoyBootstrap {
  const [listener] = listenersOf(config)
  return replaceListeners(
    config,
    admissions.map(admission => ({
      ...admit(listener, admission),
      name: admission,
      address: { socket_address: { address: '127.0.0.1', port_value: 0 } },
    })),
  )
}

/** Puts other HTTP filters into every listener of a configuration. All else stays as it is. */
export function withHttpFilters(
  config: EnvoyBootstrap,
  httpFilters: readonly object[],
): EnvoyBootstrap {
  const replace = (filter: NetworkFilter): NetworkFilter =>
    filter.typed_config.http_filters === undefined
      ? filter
      : { ...filter, typed_config: { ...filter.typed_config, http_filters: httpFilters } }
  return replaceListeners(
    config,
    listenersOf(config).map(listener => ({
      ...listener,
      filter_chains: listener.filter_chains.map(chain => ({
        ...chain,
        filters: chain.filters.map(replace),
      })),
    })),
  )
}

function admit(listener: Listener, admission: Admission): Listener {
  if (admission === 'required') return listener
  const filter_chains = listener.filter_chains.map(chain => {
    const { transport_socket: socket, ...rest } = chain
    if (socket === undefined) throw new TypeError('a listener that takes no TLS cannot be relaxed')
    if (admission === 'plaintext') return rest
    const typed_config = withOptionalCertificate(socket.typed_config)
    return { ...rest, transport_socket: { ...socket, typed_config } }
  })
  return { ...listener, filter_chains }
}

/** Envoy takes a demand for a certain name as a demand for a certificate. */
function withOptionalCertificate(tls: TlsContext): TlsContext {
  const { combined_validation_context: combined, ...others } = tls.common_tls_context
  if (combined === undefined) throw new TypeError('a listener that trusts nobody asks nobody')
  const { default_validation_context: defaults, ...secrets } = combined
  const default_validation_context = { ...defaults, match_typed_subject_alt_names: [] }
  return {
    ...tls,
    require_client_certificate: false,
    common_tls_context: {
      ...others,
      combined_validation_context: { ...secrets, default_validation_context },
    },
  }
}

function listenersOf(config: EnvoyBootstrap): readonly [Listener, ...Listener[]] {
  const [first, ...others] = (config as Bootstrap).static_resources.listeners
  if (first === undefined) throw new TypeError('a server sidecar has a listener')
  return [first, ...others]
}

function replaceListeners(config: EnvoyBootstrap, listeners: readonly Listener[]): EnvoyBootstrap {
  const bootstrap = config as Bootstrap
  return { ...bootstrap, static_resources: { ...bootstrap.static_resources, listeners } }
}
