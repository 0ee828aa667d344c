import type { HttpFilter, Json } from './http-filter.js'

const fingerprint = 'sidecert.peer.fingerprint'
const uriSans = 'sidecert.peer.uri_sans'

/**
 * Makes the filter that notes, for the RBAC filter behind it, whether the peer showed a certificate
 * and which URI SANs that has, all of them joined by commas.
 *
 * RBAC itself can only ask whether some SAN matches. The notes are filter state, which no caller can
 * write and no server sees.
 */
export function notePeer(): HttpFilter {
  return {
    name: 'sidecert.peer',
    typed_config: {
      '@type': 'type.googleapis.com/envoy.extensions.filters.http.set_filter_state.v3.Config',
      on_request_headers: [
        note(fingerprint, '%DOWNSTREAM_PEER_FINGERPRINT_256%'),
        note(uriSans, '%DOWNSTREAM_PEER_URI_SAN%'),
      ],
    },
  }
}

function note(key: string, format: string): Json {
  return {
    object_key: key,
    factory_key: 'envoy.string',
    format_string: {
      text_format_source: { inline_string: format },
      omit_empty_values: true,
    },
    skip_if_empty: true,
  }
}

/** The RBAC principal of a peer that showed a certificate, be it verified or not. */
export const showedCertificate: Json = {
  filter_state: { key: fingerprint, string_match: { safe_regex: { regex: '.+' } } },
}

/** A segment of a SPIFFE ID's path: any of its characters, but neither `.` nor `..`. */
const segment = '[.]{0,2}[A-Za-z0-9_-][A-Za-z0-9._-]*|[.]{3}[A-Za-z0-9._-]*'

/**
 * The RBAC principal of a peer with an X.509-SVID: its certificate was verified on this very
 * connection, and has exactly one URI SAN, a SPIFFE ID with a path (X509-SVID.md section 2).
 *
 * A comma is no character of a SPIFFE ID, so two SANs cannot be taken for one. The lengths that the
 * specification allows are not checked here: RE2 counts to a thousand only.
 */
export const showedSvid: Json = {
  and_ids: {
    ids: [
      mtls({ any_validated_client_certificate: true }),
      {
        filter_state: {
          key: uriSans,
          string_match: { safe_regex: { regex: `spiffe://[a-z0-9._-]+(/(${segment}))+` } },
        },
      },
    ],
  },
}

/** The RBAC principal of a verified peer one of whose URI SANs matches; Envoy 1.35. */
export function uriSan(matcher: Json): Json {
  return mtls({ san_matcher: { san_type: 'URI', matcher } })
}

function mtls(config: { readonly [key: string]: Json }): Json {
  return {
    custom: {
      name: 'envoy.rbac.principals.mtls_authenticated',
      typed_config: {
        '@type':
          'type.googleapis.com/envoy.extensions.rbac.principals.mtls_authenticated.v3.Config',
        ...config,
      },
    },
  }
}
