import type { Attribute, Condition, Pattern } from '../authorization-policy.js'
import { quotedBytes } from '../byte-string.js'
import type { Mismatch } from '../decision.js'
import type { Facts } from '../facts.js'
import { stringPatternText } from '../reading/value-pattern.js'
import type { Outcome } from './outcome.js'

/** Headers whose values are secrets: it is said that they are there, and not what they say. */
const secretHeaders = new Set(['authorization', 'proxy-authorization', 'cookie', 'dpop'])

/** Says what a condition wanted and what it saw. */
export function describeMismatch(condition: Condition, facts: Facts, outcome: Outcome): Mismatch {
  const seen = seenText(condition.attribute, facts)
  return {
    field: condition.field,
    wanted: wantedText(condition),
    seen: outcome === 'unknown' ? `${seen}, which does not decide it` : seen,
  }
}

function wantedText({ negated, patterns }: Condition): string {
  const values = patterns.map(pattern => JSON.stringify(patternText(pattern)))
  if (negated) return `not ${values.join(', not ')}`
  return values.length === 1 ? values.join('') : `one of ${values.join(', ')}`
}

function patternText(pattern: Pattern): string {
  switch (pattern.kind) {
    case 'template':
      return pattern.source
    case 'namespace':
      return pattern.value
    case 'service-account':
      return `${pattern.namespace}/${pattern.serviceAccount}`
    case 'address-range':
      return `${pattern.address}/${pattern.prefixLength}`
    case 'port':
      return String(pattern.port)
    default:
      return stringPatternText(pattern)
  }
}

function seenText(attribute: Attribute, facts: Facts): string {
  switch (attribute.kind) {
    case 'principal':
    case 'namespace':
    case 'service-account':
    case 'trust-domain':
      return peerText(facts)
    case 'source-ip':
      return facts.sourceIp ?? 'no address'
    case 'remote-ip':
      return facts.remoteIp ?? 'no address'
    case 'destination-ip':
      return facts.destinationIp ?? 'no address'
    case 'destination-port':
      return facts.destinationPort === undefined ? 'no port' : String(facts.destinationPort)
    case 'host':
      return quotedBytes(facts.host)
    case 'method':
      return quotedBytes(facts.method)
    case 'path':
      return quotedBytes(facts.path)
    case 'sni':
      return facts.sni === undefined ? 'no server name' : quotedBytes(facts.sni)
    case 'header':
      return headerText(attribute.name, facts)
  }
}

function peerText({ peer }: Facts): string {
  switch (peer.kind) {
    case 'svid':
      return peer.spiffeId
    case 'absent':
      return 'no certificate'
    case 'invalid':
      return `a certificate that is no X.509-SVID (${peer.reason})`
  }
}

function headerText(name: string, { headers, host }: Facts): string {
  if (name === 'host' || name === ':authority') return quotedBytes(host)
  const lines = headers.get(name) ?? []
  if (lines.length === 0) return 'no such header'
  return secretHeaders.has(name) ? 'a value that is not shown' : lines.map(quotedBytes).join(', ')
}
