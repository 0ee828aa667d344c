import type { CompiledClause, CompiledCondition, CompiledRule } from '../compile-policies.js'
import type { Facts } from '../facts.js'

/** Tells whether a rule matches: any of its `from`, any of its `to` and all of its `when`. */
export function matchesRule(rule: CompiledRule, facts: Facts): boolean {
  return (
    matchesAny(rule.from, rule, facts) &&
    matchesAny(rule.to, rule, facts) &&
    against(rule.when, rule, facts) === undefined
  )
}

/** Tells whether any clause holds, or there is none. */
export function matchesAny(
  clauses: readonly CompiledClause[],
  rule: CompiledRule,
  facts: Facts,
): boolean {
  if (clauses.length === 0) return true
  for (const clause of clauses) {
    if (against(clause, rule, facts) === undefined) return true
  }
  return false
}

/** Finds the first condition of a clause that stands against it. */
export function against(
  clause: CompiledClause,
  rule: CompiledRule,
  facts: Facts,
): CompiledCondition | undefined {
  for (const condition of clause) {
    if (!holds(condition, rule, facts)) return condition
  }
  return undefined
}

/**
 * What cannot be decided is denied: an unknown condition holds in a DENY rule, and does not in a rule
 * that allows or records.
 */
export function holds({ test }: CompiledCondition, rule: CompiledRule, facts: Facts): boolean {
  const outcome = test(facts)
  return outcome === 'unknown' ? rule.action === 'DENY' : outcome === 'match'
}
