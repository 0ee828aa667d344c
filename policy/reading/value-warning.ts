import type { Attribute, Pattern } from '../authorization-policy.js'

/** Why a value can never match, and the mend. */
export type NeverMatching = readonly [problem: string, hint: string]

/**
 * Finds values that Istio takes and that can never match, because they are written as if they stood
 * somewhere else: a principal with its scheme, a path without its slash, a method in lower case.
 */
export function neverMatching(attribute: Attribute, pattern: Pattern): NeverMatching | undefined {
  if (pattern.kind !== 'exact' && pattern.kind !== 'prefix') return undefined
  const start = pattern.value
  switch (attribute.kind) {
    case 'principal':
    case 'trust-domain':
      return start.startsWith('spiffe://')
        ? ['never matches: identities are written without the scheme', 'Remove spiffe://.']
        : undefined
    case 'path':
      return start.startsWith('/') || start === '*'
        ? undefined
        : ['never matches: a path starts with a slash', 'Write the slash.']
    case 'method':
      return /[a-z]/.test(start)
        ? ['never matches: methods are in upper case', 'Write the method in upper case.']
        : undefined
    default:
      return undefined
  }
}

/** Tells whether a text in lower case can be the name of a header (RFC 9110, section 5.1). */
export function isHeaderName(name: string): boolean {
  return /^:?[a-z0-9!#$%&'*+\-.^_`|~]+$/.test(name)
}
