import type { CatalogueEntry } from './catalogue-entry.js'

const api = 'https://www.envoyproxy.io/docs/envoy/latest/api-v3'
const tls = `${api}/extensions/transport_sockets/tls/v3/tls.proto`
const lua = 'https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_filters/lua_filter'
const authz = `${api}/extensions/filters/http/ext_authz/v3/ext_authz.proto`
const manager = `${api}/extensions/filters/network/http_connection_manager/v3/http_connection_manager.proto`
const principal = `${api}/config/rbac/v3/rbac.proto`
const header = `${api}/config/core/v3/base.proto#config-core-v3-headervalueoption`

/** Findings about Envoy configuration, in files of its own and in EnvoyFilters. */
export const envoyCodes = {
  SL3001: {
    severity: 'error',
    title: 'required certificate that is never asked for',
    why: 'Without a validation context Envoy does not even ask for a certificate, and lets everybody in, without a word.',
    mend: 'Add validation_context with trusted_ca.',
    reference: tls,
  },
  SL3002: {
    severity: 'warning',
    title: 'authorities without a word on whether a certificate is needed',
    why: 'A client that shows no certificate gets through; only one that shows a wrong one does not.',
    mend: 'Set require_client_certificate: true, or to false to say that it is meant.',
    reference: tls,
  },
  SL3003: {
    severity: 'warning',
    title: 'certificates that nobody verifies',
    why: 'Whoever makes a certificate has any name in it: self-signed, expired and foreign ones pass, and names are not compared either.',
    mend: 'Remove trust_chain_verification.',
    reference: tls,
  },
  SL3004: {
    severity: 'warning',
    title: 'certificate that is used, and not verified on resumed sessions',
    why: 'An expired or withdrawn certificate keeps working there, and what asks whether it was verified gets a no, for honest callers too.',
    mend: 'Set disable_stateless_session_resumption and disable_stateful_session_resumption to true.',
    reference: tls,
  },
  SL3005: {
    severity: 'note',
    title: 'certificate that is not verified on resumed sessions',
    why: 'An expired or withdrawn certificate keeps working as long as the session is resumed.',
    mend: 'Set disable_stateless_session_resumption and disable_stateful_session_resumption to true.',
    reference: tls,
  },
  SL3010: {
    severity: 'error',
    title: 'certificate header beside what the caller sent',
    why: "add keeps the lines that are there, the caller's first, and most servers take the first: any workload can pass for any other.",
    mend: 'Remove the header first, outside of every condition, then set it.',
    reference: lua,
  },
  SL3011: {
    severity: 'error',
    title: 'certificate header that is removed or set on some ways only',
    why: 'On the other ways, such as plaintext or TLS without a certificate, what the caller wrote reaches the server.',
    mend: 'Remove the header as the first thing, outside of every condition.',
    reference: lua,
  },
  SL3012: {
    severity: 'note',
    title: 'script in a deprecated field',
    why: 'Envoy warns of it today and will refuse it one day.',
    mend: 'Use default_source_code with inline_string.',
    reference: lua,
  },
  SL3013: {
    severity: 'error',
    title: 'script that is no Lua',
    why: 'Envoy refuses the filter, and with it the listener.',
    mend: 'Mend the script here.',
    reference: lua,
  },
  SL3014: {
    severity: 'warning',
    title: 'host compared exactly in front of a denial',
    why: 'With a port or in upper case, the same host is another text, and the denial is passed by.',
    mend: 'Lower the case and take the port off before comparing, or deny all hosts but those that are meant.',
    reference: lua,
  },
  SL3015: {
    severity: 'note',
    title: 'decision in a script that an error ends',
    why: 'When a script raises an error, Envoy lets the request go on as it is.',
    mend: 'Decide in a function that pcall calls, and respond when it fails.',
    reference: lua,
  },
  SL3020: {
    severity: 'error',
    title: 'certificate header beside what the caller sent',
    why: "The default is to append: the caller's line stays, and comes first.",
    mend: 'Remove the header too, by request_headers_to_remove or a header_mutation filter in front.',
    reference: header,
  },
  SL3021: {
    severity: 'error',
    title: 'certificate header that an empty value leaves as it was',
    why: 'Envoy does not overwrite with an empty value: what the caller sent stays.',
    mend: 'Remove the header too, by request_headers_to_remove or a header_mutation filter in front.',
    reference: header,
  },
  SL3022: {
    severity: 'note',
    title: 'deprecated append',
    why: 'append_action has taken its place, with a default of its own.',
    mend: 'Write append_action: OVERWRITE_IF_EXISTS_OR_ADD.',
    reference: header,
  },
  SL3030: {
    severity: 'warning',
    title: 'SPIFFE ID compared with names of every kind',
    why: 'principal_name is compared with URI SANs, then with DNS SANs, then with the subject: a certificate whose DNS name is spelt like the ID passes.',
    mend: 'Use mtls_authenticated with san_type: URI.',
    reference: principal,
  },
  SL3031: {
    severity: 'warning',
    title: 'any TLS connection counts as authenticated',
    why: 'Where certificates are optional, authenticated without a name matches callers that show none.',
    mend: 'Use mtls_authenticated with any_validated_client_certificate.',
    reference: principal,
  },
  SL3032: {
    severity: 'warning',
    title: 'rule by path without normalised paths',
    why: 'Envoy compares paths as they came: /x/../admin, //admin and /%61dmin are not /admin, and reach the server.',
    mend: 'Set normalize_path and merge_slashes to true, and path_with_escaped_slashes_action to REJECT_REQUEST.',
    reference: manager,
  },
  SL3040: {
    severity: 'warning',
    title: 'authorization that fails open',
    why: 'Whoever can make the service slow or stop it is no longer asked for anything, and headers that it would have removed stay.',
    mend: 'Remove failure_mode_allow.',
    reference: authz,
  },
  SL3041: {
    severity: 'note',
    title: 'authorization without a timeout of its own',
    why: 'The default of 200 ms is short for a service that starts or collects garbage: requests are refused.',
    mend: 'Set grpc_service.timeout.',
    reference: authz,
  },
  SL3042: {
    severity: 'warning',
    title: 'authorization of a part of the requests',
    why: 'The rest goes through unasked.',
    mend: 'Enable the filter for all requests, or set deny_at_disable.',
    reference: authz,
  },
  SL3043: {
    severity: 'warning',
    title: 'authorization that waits for metadata that nobody writes',
    why: 'The filter is never on, and every request goes through unasked.',
    mend: 'Remove filter_enabled_metadata, or add the filter that writes it in front.',
    reference: authz,
  },
  SL3050: {
    severity: 'warning',
    title: 'x-forwarded-client-cert of the caller, in front of what goes by it',
    why: 'What the caller wrote stays in the header: in front of the own element with APPEND_FORWARD, and alone with ALWAYS_FORWARD_ONLY.',
    mend: 'Use SANITIZE_SET, or read the last element only.',
    reference: manager,
  },
  SL3051: {
    severity: 'warning',
    title: 'details of the certificate that are never set',
    why: 'They are set with APPEND_FORWARD and SANITIZE_SET alone.',
    mend: 'Set forward_client_cert_details to SANITIZE_SET.',
    reference: manager,
  },
  SL3060: {
    severity: 'error',
    title: 'configuration that Envoy refuses',
    why: 'Envoy of today does not load it, and with it not the listener.',
    mend: 'Use what the v3 API has for it.',
    reference: api,
  },
} as const satisfies Record<string, CatalogueEntry>
