import { type Workload, workloadMetadata } from '../policy/index.js'
import { headerSpellings } from './header-spellings.js'
import type { HeaderSettings, HttpFilter } from './http-filter.js'

/** How Envoy calls the ext_authz service. */
export interface ExtAuthzSettings extends HeaderSettings {
  /** Envoy's cluster of the service. */
  readonly cluster: string
  /**
   * The `:authority` of the calls. Without one it is the cluster's name, and the `|` in the names
   * that Istio gives makes Node's HTTP/2 server reset every call.
   */
  readonly authority: string
  readonly timeoutMilliseconds: number
  /** The workload that requests are for, whose policies decide. */
  readonly workload: Workload
}

/**
 * Makes the ext_authz filter.
 *
 * It fails closed with 503, apart from a denial's 403, and trusts the service with nothing but the
 * one header: an answer that touches anything else, or that has an invalid value, is an error. The
 * service gets the peer's certificate, the server name of the TLS handshake, and header lines as they
 * came, repeated ones apart.
 */
export function extAuthz(settings: ExtAuthzSettings): HttpFilter {
  const { header, cluster, authority, timeoutMilliseconds, workload } = settings
  return {
    name: 'sidecert.ext_authz',
    typed_config: {
      '@type': 'type.googleapis.com/envoy.extensions.filters.http.ext_authz.v3.ExtAuthz',
      transport_api_version: 'V3',
      grpc_service: {
        envoy_grpc: { cluster_name: cluster, authority },
        timeout: seconds(timeoutMilliseconds),
        initial_metadata: workloadMetadata(workload),
      },
      failure_mode_allow: false,
      status_on_error: { code: 'ServiceUnavailable' },
      include_peer_certificate: true,
      include_tls_session: true,
      encode_raw_headers: true,
      validate_mutations: true,
      decoder_header_mutation_rules: {
        disallow_all: true,
        allow_expression: { regex: `^${headerSpellings(header)}$` },
        disallow_is_error: true,
      },
    },
  }
}

/** A duration as protobuf's JSON has it, such as `0.5s`. */
function seconds(milliseconds: number): string {
  return `${milliseconds / 1000}s`
}
