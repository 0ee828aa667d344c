import { itemsOf } from '../source/field.js'
import type { SourceMap, SourceNode } from '../source/source-node.js'
import {
  enumText,
  field,
  fieldAt,
  fieldMaps,
  fieldText,
  isFalse,
  isTrue,
  messageOf,
} from './message.js'

/** What a DownstreamTlsContext says about the client's certificate. */
export interface DownstreamTls {
  readonly body: SourceMap
  /** Undefined when it is not said. */
  readonly required: boolean | undefined
  /** `unknown`: it comes from where no file shows it. */
  readonly validation: 'none' | 'known' | 'unknown'
  readonly hasAuthorities: boolean
  /** It asks for a name, a hash or a SPIFFE ID, which a client without a certificate cannot have. */
  readonly asksForName: boolean
  readonly acceptsUntrusted: boolean
  readonly resumesSessions: boolean
}

/**
 * Reads a DownstreamTlsContext.
 *
 * @param secrets - the validation contexts that the files define for secret discovery, by name
 */
export function downstreamTls(
  body: SourceMap,
  secrets: ReadonlyMap<string, SourceNode>,
): DownstreamTls {
  const common = fieldAt(body, 'common_tls_context')
  const discovered = [
    fieldAt(common, 'validation_context_sds_secret_config'),
    fieldAt(common, 'combined_validation_context', 'validation_context_sds_secret_config'),
  ].filter(node => node !== undefined)
  const resolved = discovered.map(node => secrets.get(fieldText(node, 'name') ?? ''))
  const inline = [
    fieldAt(common, 'validation_context'),
    fieldAt(common, 'combined_validation_context', 'default_validation_context'),
    ...resolved,
  ].filter(node => node !== undefined)
  const elsewhere =
    resolved.some(node => node === undefined) ||
    isFromProvider(common) ||
    inline.some(isFromProvider)
  const required = fieldAt(body, 'require_client_certificate')
  return {
    body,
    required: isTrue(required) ? true : isFalse(required) ? false : undefined,
    validation: elsewhere ? 'unknown' : inline.some(isFilled) ? 'known' : 'none',
    hasAuthorities: inline.some(
      node =>
        field(node, 'trusted_ca') !== undefined || field(node, 'system_root_certs') !== undefined,
    ),
    asksForName: inline.some(asksForName),
    acceptsUntrusted: inline.some(
      node =>
        enumText(fieldAt(node, 'trust_chain_verification'), [
          'VERIFY_TRUST_CHAIN',
          'ACCEPT_UNTRUSTED',
        ]) === 'ACCEPT_UNTRUSTED',
    ),
    resumesSessions: resumesSessions(body, common),
  }
}

/** Tells whether no client without a verified certificate gets through. */
export function refusesWithoutCertificate(tls: DownstreamTls): boolean {
  if (tls.acceptsUntrusted) return false
  return (tls.required === true && tls.validation !== 'none') || tls.asksForName
}

/** Finds the TLS context of a filter chain. */
export function tlsOfChain(
  chain: SourceMap | undefined,
  secrets: ReadonlyMap<string, SourceNode>,
): DownstreamTls | undefined {
  const config = fieldAt(chain, 'transport_socket', 'typed_config')
  const message = config?.kind === 'map' ? messageOf(config) : undefined
  if (message?.type !== 'DownstreamTlsContext') return undefined
  return downstreamTls(message.body, secrets)
}

/** Finds the validation contexts that are defined for secret discovery; a name for two is nobody's. */
export function validationSecrets(
  maps: readonly { readonly node: SourceMap }[],
): ReadonlyMap<string, SourceNode> {
  const secrets = new Map<string, SourceNode>()
  const twice = new Set<string>()
  for (const { node } of maps) {
    const name = fieldText(node, 'name')
    const context = fieldAt(node, 'validation_context')
    if (name === undefined || context === undefined) continue
    if (secrets.has(name)) twice.add(name)
    secrets.set(name, context)
  }
  for (const name of twice) secrets.delete(name)
  return secrets
}

function isFilled(node: SourceNode): boolean {
  return node.kind === 'map' && node.entries.length > 0
}

function asksForName(node: SourceNode): boolean {
  const lists = [
    'match_typed_subject_alt_names',
    'match_subject_alt_names',
    'verify_certificate_hash',
    'verify_certificate_spki',
  ]
  return (
    lists.some(name => itemsOf(fieldAt(node, name)).length > 0 || isText(fieldAt(node, name))) ||
    fieldText(node, 'custom_validator_config', 'name') === 'envoy.tls.cert_validator.spiffe'
  )
}

function isText(node: SourceNode | undefined): boolean {
  return node?.kind === 'scalar' && node.value !== null
}

function isFromProvider(node: SourceNode | undefined): boolean {
  if (node?.kind !== 'map') return false
  return node.entries.some(({ key }) => /certificate_?provider/i.test(key))
}

/** TLS 1.3 knows stateless resumption alone; up to 1.2 there is the session cache too. */
function resumesSessions(body: SourceMap, common: SourceNode | undefined): boolean {
  const stateless = isTrue(fieldAt(body, 'disable_stateless_session_resumption'))
  const stateful = isTrue(fieldAt(body, 'disable_stateful_session_resumption'))
  const minimum = fieldText(common, 'tls_params', 'tls_minimum_protocol_version')?.toUpperCase()
  return !(stateless && (stateful || minimum === 'TLSV1_3'))
}

/** The filters of a chain that are connection managers, out of their envelopes. */
export function managersOf(chain: SourceMap): readonly SourceMap[] {
  return fieldMaps(chain, 'filters').flatMap(filter => {
    const config = fieldAt(filter, 'typed_config')
    const message = config?.kind === 'map' ? messageOf(config) : undefined
    return message?.type === 'HttpConnectionManager' ? message.body : []
  })
}
