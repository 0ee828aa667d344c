import type { NamespacePattern, ServiceAccountPattern, StringPattern } from '../policy/index.js'
import type { Json } from './http-filter.js'

/** An `envoy.type.matcher.v3.StringMatcher` for a pattern whose `*` asks for at least one character. */
export function stringMatcher(pattern: StringPattern): Json {
  return pattern.kind === 'any' ? regex('.+') : { [pattern.kind]: pattern.value }
}

/**
 * A `StringMatcher` for a URI SAN and a pattern of `principals`, which leave `spiffe://` out.
 *
 * `*` is any SPIFFE ID. The regular expressions are RE2's and match in full.
 */
export function principalMatcher(pattern: StringPattern): Json {
  switch (pattern.kind) {
    case 'any':
      return { prefix: 'spiffe://' }
    case 'suffix':
      return regex(`spiffe://.*${quote(pattern.value)}`)
    default:
      return { [pattern.kind]: `spiffe://${pattern.value}` }
  }
}

/** A `StringMatcher` for a URI SAN and a namespace: `/ns/<namespace>/` anywhere, in any trust domain. */
export function namespaceMatcher({ value }: NamespacePattern): Json {
  return regex(`.*/ns/${value.split('*').map(quote).join('.*')}/.*`)
}

/** A `StringMatcher` for a URI SAN and a service account of a namespace, in any trust domain. */
export function serviceAccountMatcher({ namespace, serviceAccount }: ServiceAccountPattern): Json {
  return regex(`spiffe://.+/ns/${quote(namespace)}/(.+/|)sa/${quote(serviceAccount)}(/.+)?`)
}

/** A `StringMatcher` for a URI SAN and a trust domain; a wildcard stands for no slash. */
export function trustDomainMatcher(pattern: StringPattern): Json {
  switch (pattern.kind) {
    case 'any':
      return { prefix: 'spiffe://' }
    case 'exact':
      return { prefix: `spiffe://${pattern.value}/` }
    case 'prefix':
      return regex(`spiffe://${quote(pattern.value)}[^/]*/.*`)
    case 'suffix':
      return regex(`spiffe://[^/]*${quote(pattern.value)}/.*`)
  }
}

function regex(expression: string): Json {
  return { safe_regex: { regex: expression } }
}

/** Quotes what RE2 could take for syntax: every ASCII character but letters, digits and `_`. */
function quote(text: string): string {
  return text.replaceAll(/[!-/:-@[-^`{-~]/g, '\\$&')
}
