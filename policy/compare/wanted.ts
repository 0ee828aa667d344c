import type { Attribute, Condition, Pattern, StringPattern } from '../authorization-policy.js'
import { stringPatternText } from '../reading/value-pattern.js'

/** A pattern with the attribute that it is held against. */
export interface Wanted {
  readonly attribute: Attribute
  readonly pattern: Pattern
}

/** Lists what conditions want, each pattern once. */
export function allWanted(conditions: readonly Condition[]): readonly Wanted[] {
  const wanted = new Map<string, Wanted>()
  for (const { attribute, patterns } of conditions) {
    for (const pattern of patterns) {
      wanted.set(JSON.stringify([attribute, pattern]), { attribute, pattern })
    }
  }
  return [...wanted.values()]
}

/** Names what a pattern matches, as the policy spells it. */
export function wantedText({ attribute, pattern }: Wanted): string {
  switch (pattern.kind) {
    case 'template':
      return pattern.source
    case 'namespace':
      return `namespace ${pattern.value}`
    case 'service-account': {
      const { namespace, serviceAccount } = pattern
      return `service account ${namespace}/${serviceAccount} of any trust domain`
    }
    case 'address-range':
      return isSingleAddress(pattern.address, pattern.prefixLength)
        ? pattern.address
        : `${pattern.address}/${pattern.prefixLength}`
    case 'port':
      return String(pattern.port)
    default:
      return stringText(attribute, pattern)
  }
}

function stringText({ kind }: Attribute, pattern: StringPattern): string {
  const text = stringPatternText(pattern)
  if (kind === 'trust-domain') return `trust domain ${text}`
  return kind === 'principal' && pattern.kind !== 'any' ? `spiffe://${text}` : text
}

function isSingleAddress(address: string, prefixLength: number): boolean {
  return prefixLength === (address.includes(':') ? 128 : 32)
}
