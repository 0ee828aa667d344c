import type { Condition, Pattern } from './authorization-policy.js'
import type { Report } from './policy-fields.js'

/**
 * Warns (SC0208) of values that Istio takes and that can never match, because they are written as if
 * they stood somewhere else: a principal with its scheme, a path without its slash, a method in
 * lower case, a header name that no header can have.
 */
export function warnOfNeverMatching(condition: Condition, where: string, report: Report): void {
  const { attribute, field, patterns, place } = condition
  if (attribute.kind === 'header' && !/^:?[a-z0-9!#$%&'*+\-.^_`|~]+$/.test(attribute.name)) {
    const message = `${where}.${field}: no header is named ${attribute.name}`
    report('SC0208', message, 'Write the name alone between the brackets.', place)
  }
  for (const pattern of patterns) {
    const start = startOf(pattern)
    if (start === undefined) continue
    const [problem, hint] = problemOf(attribute.kind, start) ?? []
    if (problem === undefined || hint === undefined) continue
    report('SC0208', `${where}.${field}: ${start} ${problem}`, hint, place)
  }
}

/** The text that whatever the pattern matches starts with. */
function startOf(pattern: Pattern): string | undefined {
  return pattern.kind === 'exact' || pattern.kind === 'prefix' ? pattern.value : undefined
}

function problemOf(
  attribute: Condition['attribute']['kind'],
  start: string,
): readonly [problem: string, hint: string] | undefined {
  if (attribute === 'principal' && start.startsWith('spiffe://')) {
    return ['never matches: principals are written without the scheme', 'Remove spiffe://.']
  }
  if (attribute === 'trust-domain' && start.startsWith('spiffe:')) {
    return ['never matches: trust domains are written without the scheme', 'Remove spiffe://.']
  }
  if (attribute === 'path' && !start.startsWith('/') && start !== '*') {
    return ['never matches: a path starts with a slash', 'Write the slash.']
  }
  if (attribute === 'method' && /[a-z]/.test(start)) {
    return ['never matches: methods are in upper case', 'Write the method in upper case.']
  }
  return undefined
}
