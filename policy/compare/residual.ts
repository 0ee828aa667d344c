import type { Condition } from '../authorization-policy.js'
import type { CompiledClause, CompiledPolicies, CompiledRule } from '../compile-policies.js'
import type { Facts } from '../facts.js'
import { holds } from '../matching/rule-match.js'
import { dimensionKey } from './dimension.js'

/**
 * What is left to ask of a rule when some dimensions of a request are known: of each group any clause
 * must hold. Without groups the rule matches.
 */
interface ResidualRule {
  readonly rule: CompiledRule
  readonly groups: readonly (readonly CompiledClause[])[]
}

/** What is left to ask of a set of policies. Rules that cannot match any more are gone. */
export interface Residual {
  readonly deny: readonly ResidualRule[]
  readonly allow: readonly ResidualRule[]
  /** The verdict when none of the rules matches. */
  readonly otherwise: 'allow' | 'deny'
}

/** Everything is left to ask. */
export function wholeResidual({ enforced, whenNoPolicy }: CompiledPolicies): Residual {
  return {
    deny: upToFirstMatch(enforced.deny.map(wholeRule)),
    allow: upToFirstMatch(enforced.allow.map(wholeRule)),
    otherwise: enforced.hasAllowPolicy ? 'deny' : whenNoPolicy,
  }
}

/**
 * Takes away what a dimension answers.
 *
 * @param facts a request that has the dimension's value, whatever else it has
 */
export function specialise(residual: Residual, key: string, facts: Facts): Residual {
  const rest = (rules: readonly ResidualRule[]) => {
    return upToFirstMatch(rules.flatMap(rule => specialiseRule(rule, key, facts) ?? []))
  }
  return { ...residual, deny: rest(residual.deny), allow: rest(residual.allow) }
}

/**
 * Writes down what the verdict still depends on: two sets of policies with the same text give the
 * same verdict, whatever the rest of the request is.
 */
export function verdictText({ deny, allow, otherwise }: Residual): string {
  if (deny.some(isMatched)) return 'deny'
  const allowed = allow.length === 0 ? otherwise : allow.some(isMatched) ? 'allow' : undefined
  if (deny.length === 0 && allowed !== undefined) return allowed
  return JSON.stringify([alternatives(deny), allowed ?? [alternatives(allow), otherwise]])
}

/** Writes down what the verdict and the rule that decides still depend on. */
export function decisionText({ deny, allow }: Residual): string {
  const [decided] = deny
  const relevant = decided !== undefined && isMatched(decided) ? [decided] : [...deny, ...allow]
  return JSON.stringify(relevant.map(each => [each.rule.name, ruleText(each)]))
}

/** Lists the dimensions that the rules ask about, with the conditions that do. */
export function conditionsByDimension(
  compiled: readonly CompiledPolicies[],
): ReadonlyMap<string, readonly Condition[]> {
  const found = new Map<string, Condition[]>()
  for (const { enforced } of compiled) {
    for (const { from, to, when } of [...enforced.deny, ...enforced.allow]) {
      for (const { condition } of [...from, ...to, when].flat()) {
        const key = dimensionKey(condition.attribute)
        const known = found.get(key)
        if (known === undefined) found.set(key, [condition])
        else known.push(condition)
      }
    }
  }
  return found
}

function wholeRule(rule: CompiledRule): ResidualRule {
  const groups = [rule.from, rule.to, [rule.when]]
  return { rule, groups: groups.filter(isOpen) }
}

/** A group without clauses asks nothing, and so does one with a clause that asks nothing. */
function isOpen(group: readonly CompiledClause[]): boolean {
  return group.length > 0 && group.every(clause => clause.length > 0)
}

function specialiseRule(
  { rule, groups }: ResidualRule,
  key: string,
  facts: Facts,
): ResidualRule | undefined {
  const rest: (readonly CompiledClause[])[] = []
  for (const group of groups) {
    const clauses = group.flatMap(clause => {
      const about = clause.filter(({ condition }) => dimensionKey(condition.attribute) === key)
      if (!about.every(condition => holds(condition, rule, facts))) return []
      return [about.length === 0 ? clause : clause.filter(each => !about.includes(each))]
    })
    if (clauses.length === 0) return undefined
    if (isOpen(clauses)) rest.push(clauses)
  }
  return { rule, groups: rest }
}

/** The first rule that matches decides: those behind it are never asked. */
function upToFirstMatch(rules: readonly ResidualRule[]): readonly ResidualRule[] {
  const first = rules.findIndex(isMatched)
  return first === -1 ? rules : rules.slice(0, first + 1)
}

function isMatched({ groups }: ResidualRule): boolean {
  return groups.length === 0
}

function alternatives(rules: readonly ResidualRule[]): readonly string[] {
  return [...new Set(rules.map(ruleText))].sort()
}

const clauseTexts = new WeakMap<CompiledClause, string>()

function ruleText({ rule, groups }: ResidualRule): string {
  const texts = groups.map(group => [...new Set(group.map(clauseText))].sort())
  return JSON.stringify([rule.action, texts])
}

function clauseText(clause: CompiledClause): string {
  const known = clauseTexts.get(clause)
  if (known !== undefined) return known
  const text = JSON.stringify(
    clause
      .map(({ condition: { attribute, negated, patterns } }) => {
        return JSON.stringify([attribute, negated, patterns])
      })
      .sort(),
  )
  clauseTexts.set(clause, text)
  return text
}
