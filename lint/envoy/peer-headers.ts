import type { LintContext } from '../context.js'
import { type Finding, finding } from '../finding.js'
import type { LintRule } from '../rule.js'
import { requiresCertificate } from './certificate-required.js'
import { type HeaderAddition, headerAdditions } from './header-additions.js'
import { isRemovedNear } from './header-removals.js'

/**
 * Routes and filters that write something of the peer's certificate into a header, and leave there
 * what the caller wrote: beside it, or in its place when the value is empty.
 */
export const peerHeaders: LintRule = {
  codes: ['SL3020', 'SL3021', 'SL3022'],
  check: context =>
    headerAdditions(context.fragments)
      .filter(({ value }) => isOfPeer(value))
      .flatMap(addition => problems(addition, context)),
}

function problems(addition: HeaderAddition, context: LintContext): readonly Finding[] {
  const { name, value, action, deprecated, place, fragment } = addition
  const deprecation =
    deprecated === undefined
      ? []
      : [finding('SL3022', `append of ${name} is deprecated`, deprecated)]
  if (isRemovedNear(name, fragment, addition, context)) return deprecation
  if (action === 'append') {
    return [finding('SL3020', `${name} keeps what the caller sent`, place), ...deprecation]
  }
  if (hasText(value)) return deprecation
  if (requiresCertificate(fragment, addition, context) && alwaysThere.test(value))
    return deprecation
  const message = `when ${value} is empty, ${name} keeps what the caller sent`
  return [finding('SL3021', message, place), ...deprecation]
}

/** Tells whether a value is made of the peer's certificate, or of what a proxy in front said of it. */
export function isOfPeer(value: string): boolean {
  return /%DOWNSTREAM_PEER_[A-Z0-9_]+(?:\([^)]*\))?(?::\d+)?%|%REQ\(:?X-FORWARDED-CLIENT-CERT[)?]/i.test(
    value,
  )
}

/** Text around the variables makes a value that is never empty, and so always overwrites. */
function hasText(value: string): boolean {
  return value.replaceAll(/%[^%]*%/g, '').trim() !== ''
}

/** Every certificate has these; names and subjects may be missing from a valid one. */
const alwaysThere =
  /%DOWNSTREAM_PEER_(?:CERT|FINGERPRINT_(?:256|1)|SERIAL|ISSUER|CERT_V_START|CERT_V_END)\b/
