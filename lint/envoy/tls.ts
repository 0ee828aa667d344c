import type { LintContext } from '../context.js'
import { type Finding, finding } from '../finding.js'
import type { LintRule } from '../rule.js'
import { type DownstreamTls, downstreamTls, refusesWithoutCertificate } from './downstream-tls.js'
import type { EnvoyFragment, PlacedMessage } from './fragment.js'
import { field, fieldAt } from './message.js'
import { usesPeer } from './peer-use.js'

/**
 * The TLS contexts of listeners: certificates that are asked for and never verified, and sessions
 * that are resumed without a look at the certificate.
 */
export const tls: LintRule = {
  codes: ['SL3001', 'SL3002', 'SL3003', 'SL3004', 'SL3005'],
  check: context =>
    context.fragments.flatMap(fragment =>
      fragment.messages
        .filter(({ type }) => type === 'DownstreamTlsContext')
        .flatMap(message => problems(fragment, message, context)),
    ),
}

function problems(
  fragment: EnvoyFragment,
  message: PlacedMessage,
  { secrets }: LintContext,
): readonly Finding[] {
  const read = downstreamTls(message.body, secrets)
  const untrusted = read.acceptsUntrusted ? [acceptsUntrusted(message)] : []
  // What the control plane adds to a part is not known.
  if (fragment.partial) return untrusted
  return [...untrusted, ...unverified(read), ...optional(read), ...resumed(read, message)]
}

function acceptsUntrusted({ body }: PlacedMessage): Finding {
  const common = fieldAt(body, 'common_tls_context')
  const contexts = [
    fieldAt(common, 'validation_context'),
    fieldAt(common, 'combined_validation_context', 'default_validation_context'),
  ]
  const place = contexts
    .map(context => field(context, 'trust_chain_verification')?.value.place)
    .find(found => found !== undefined)
  return finding('SL3003', 'certificates of any authority are accepted', place ?? body.place)
}

function unverified({ body, required, validation }: DownstreamTls): readonly Finding[] {
  const entry = field(body, 'require_client_certificate')
  if (required !== true || validation !== 'none' || entry === undefined) return []
  return [finding('SL3001', 'a certificate is required and never asked for', entry.keyPlace)]
}

/** Only authorities, and not a word on whether a certificate is needed: it is not. */
function optional(read: DownstreamTls): readonly Finding[] {
  const { body, required, validation, hasAuthorities, asksForName, acceptsUntrusted } = read
  const only = validation === 'known' && hasAuthorities && !asksForName && !acceptsUntrusted
  if (required !== undefined || !only) return []
  const context = field(body, 'common_tls_context')
  return [
    finding('SL3002', 'clients without a certificate get through', context?.keyPlace ?? body.place),
  ]
}

function resumed(read: DownstreamTls, { body, chain }: PlacedMessage): readonly Finding[] {
  const verifies = refusesWithoutCertificate(read) || read.validation !== 'none'
  if (!read.resumesSessions || !verifies) return []
  const place = body.entries.find(({ key }) => key === '@type')?.keyPlace ?? body.place
  return chain !== undefined && usesPeer(chain)
    ? [finding('SL3004', 'on resumed sessions the certificate is used unverified', place)]
    : [finding('SL3005', 'on resumed sessions the certificate is not verified again', place)]
}
