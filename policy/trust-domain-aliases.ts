import type {
  AuthorizationPolicy,
  Clause,
  Condition,
  Pattern,
  StringPattern,
} from './authorization-policy.js'
import { readStringPattern, stringPatternText } from './reading/value-pattern.js'

/** The mesh's own trust domain and the names it also goes by (`meshConfig.trustDomainAliases`). */
export interface TrustDomains {
  readonly trustDomain: string
  readonly trustDomainAliases: readonly string[]
}

/**
 * Writes out what a policy's trust domains stand for, as Istio's control plane does before it hands
 * the policy to Envoy.
 *
 * A principal of exactly five parts (`TD/ns/NS/sa/SA`), whose trust domain is the local one, an
 * alias, a wildcard that overlaps one of these, or `cluster.local`, is written once for each of
 * them: `cluster.local` is a pointer to the local trust domain and not a name, unless it is one of
 * them. A trust domain that ends a wildcard (`*-td`) stays for those it covers. Any other principal
 * stays as it is. A value of `trustDomains` that is one of the names stands for all of them; there
 * `cluster.local` is nothing special.
 */
export function expandTrustDomains(
  policy: AuthorizationPolicy,
  { trustDomain, trustDomainAliases }: TrustDomains,
): AuthorizationPolicy {
  const names = [trustDomain, ...trustDomainAliases]
  const expand = (condition: Condition) => expandCondition(condition, names)
  const expandClause = (clause: Clause) => clause.map(expand)
  return {
    ...policy,
    rules: policy.rules.map(rule => ({
      ...rule,
      from: rule.from.map(expandClause),
      when: rule.when.map(expand),
    })),
  }
}

function expandCondition(condition: Condition, names: readonly string[]): Condition {
  switch (condition.attribute.kind) {
    case 'principal':
      return { ...condition, patterns: expandTexts(condition, text => principals(text, names)) }
    case 'trust-domain':
      return {
        ...condition,
        patterns: expandTexts(condition, text => (names.includes(text) ? names : [text])),
      }
    default:
      return condition
  }
}

function expandTexts(
  { patterns }: Condition,
  expand: (text: string) => readonly string[],
): readonly Pattern[] {
  const texts = patterns.flatMap(pattern => expand(stringPatternText(pattern as StringPattern)))
  return [...new Set(texts)].map(readStringPattern)
}

function principals(principal: string, names: readonly string[]): readonly string[] {
  const [trustDomain = '', ...path] = principal.split('/')
  if (path.length !== 4 || trustDomain === '*') return [principal]
  const local = names.some(name => overlap(trustDomain, name)) || trustDomain === 'cluster.local'
  if (!local) return [principal]
  return names.map(name => {
    return endsLike(name, trustDomain) ? principal : [name, ...path].join('/')
  })
}

/** Tells whether two names, each with a wildcard or without, have a name in common by Istio's test. */
function overlap(left: string, right: string): boolean {
  return (
    left === right ||
    right === '*' ||
    startsLike(left, right) ||
    startsLike(right, left) ||
    endsLike(left, right) ||
    endsLike(right, left)
  )
}

function startsLike(name: string, pattern: string): boolean {
  return pattern.endsWith('*') && name.startsWith(pattern.slice(0, -1))
}

function endsLike(name: string, pattern: string): boolean {
  return pattern.startsWith('*') && name.endsWith(pattern.slice(1))
}
