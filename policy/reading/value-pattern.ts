import type { Pattern, StringPattern } from '../authorization-policy.js'
import type { DiagnosticCode } from '../diagnostic-catalogue.js'
import { parseAddressRange } from '../matching/ip-address.js'
import { isPathTemplate, pathProblem } from '../matching/path-template.js'

/** Why a value of a policy is refused. */
export interface Refusal {
  readonly code: DiagnosticCode
  /** What is wrong with the value, to stand after its place. */
  readonly problem: string
  readonly hint: string
}

/** Reads one non-empty value of a field; `namespace` is the policy's own. */
export type ValueReader = (value: string, namespace: string) => Pattern | Refusal

/** Tells whether a value was refused. */
export function isRefusal(result: Pattern | Refusal): result is Refusal {
  return 'problem' in result
}

/**
 * Reads a string with a wildcard at its start or its end. A `*` anywhere else is an asterisk, and a
 * value with one at both ends is a suffix that begins after the first: `*a*` ends in `a*`.
 */
export function readStringPattern(value: string): StringPattern {
  if (value === '*') return { kind: 'any' }
  if (value.startsWith('*')) return { kind: 'suffix', value: value.slice(1) }
  if (value.endsWith('*')) return { kind: 'prefix', value: value.slice(0, -1) }
  return { kind: 'exact', value }
}

/** Writes a string pattern as a policy spells it: the inverse of {@link readStringPattern}. */
export function stringPatternText(pattern: StringPattern): string {
  switch (pattern.kind) {
    case 'any':
      return '*'
    case 'exact':
      return pattern.value
    case 'prefix':
      return `${pattern.value}*`
    case 'suffix':
      return `*${pattern.value}`
  }
}

/** Reads a path: a string pattern, or a template with `{*}` and `{**}`. */
export function readPathPattern(value: string): Pattern | Refusal {
  const problem = pathProblem(value)
  if (problem !== undefined) {
    return rejected(`is not a path: ${problem}`, 'Write it like /orders/{*}/lines or /orders/*.')
  }
  return isPathTemplate(value) ? { kind: 'template', source: value } : readStringPattern(value)
}

/** Reads a namespace, in which every `*` stands for any characters. */
export function readNamespacePattern(value: string): Pattern {
  return { kind: 'namespace', value }
}

/** Reads `SERVICE-ACCOUNT`, which is one of the policy's namespace, or `NAMESPACE/SERVICE-ACCOUNT`. */
export function readServiceAccountPattern(value: string, namespace: string): Pattern | Refusal {
  if (value.includes('*')) {
    return rejected('has a wildcard, which a service account may not', 'Name each service account.')
  }
  if (new TextEncoder().encode(value).length > 320) {
    return rejected('is longer than 320 bytes', 'Write NAMESPACE/SERVICE-ACCOUNT.')
  }
  const parts = value.split('/')
  const [first = '', second] = parts
  if (parts.length > 2 || first === '' || second === '') {
    return rejected('is not a service account', 'Write NAMESPACE/SERVICE-ACCOUNT.')
  }
  return second === undefined
    ? { kind: 'service-account', namespace, serviceAccount: first }
    : { kind: 'service-account', namespace: first, serviceAccount: second }
}

/** Reads a trust domain of a `source`: no slash, at most one `*`, at an end. */
export function readTrustDomainPattern(value: string): Pattern | Refusal {
  return value.includes('/')
    ? rejected('has a slash, which a trust domain may not', 'Write the trust domain alone.')
    : readTrustDomainCondition(value)
}

/** Reads a value of `source.trustDomain`, which Istio checks for wildcards only. */
export function readTrustDomainCondition(value: string): Pattern | Refusal {
  const stars = value.split('*').length - 1
  if (stars > 1 || (stars === 1 && !value.startsWith('*') && !value.endsWith('*'))) {
    return rejected('has a wildcard elsewhere than at one end', 'Write *SUFFIX, PREFIX* or *.')
  }
  return readStringPattern(value)
}

/** Reads an IP address or a range in CIDR notation. */
export function readAddressPattern(value: string): Pattern | Refusal {
  return (
    parseAddressRange(value) ??
    rejected(
      'is neither an IP address nor a range',
      'Write it like 10.0.0.1, 10.0.0.0/8 or 2001:db8::/32.',
    )
  )
}

/** Reads a port: a whole number, without wildcards. */
export function readPortPattern(value: string): Pattern | Refusal {
  const port = /^[0-9]+$/.test(value) ? Number(value) : Number.NaN
  return port <= 65535
    ? { kind: 'port', port }
    : rejected('is not a port', 'Write a number from 0 to 65535, in quotes.')
}

function rejected(problem: string, hint: string): Refusal {
  return { code: 'SC0204', problem, hint }
}
