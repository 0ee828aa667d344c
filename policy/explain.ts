import type { PolicyAction } from './authorization-policy.js'
import type {
  CompiledClause,
  CompiledCondition,
  CompiledPolicies,
  CompiledRule,
} from './compile-policies.js'
import { decide } from './decide.js'
import type { Decision, Mismatch } from './decision.js'
import type { Facts } from './facts.js'
import { describeMismatch } from './matching/condition-text.js'
import { against, holds, matchesAny, matchesRule } from './matching/rule-match.js'

/** A decision with what every rule had to say. */
export interface Explanation {
  readonly decision: Decision
  /** Every rule in scope: AUDIT, DENY, ALLOW, each sorted by name. */
  readonly rules: readonly RuleExplanation[]
}

/** Why a rule matched or did not. */
export interface RuleExplanation {
  /** `ns[NAMESPACE]-policy[NAME]-rule[INDEX]`. */
  readonly rule: string
  readonly action: PolicyAction
  readonly dryRun: boolean
  readonly matched: boolean
  /**
   * What stood against it: the first condition of each `from` (if none of them held), of each `to`
   * (likewise), and each `when` that did not hold. Empty when it matched.
   */
  readonly mismatches: readonly Mismatch[]
  /** Conditions of a DENY rule that count as met because they could not be decided. */
  readonly undecided: readonly Mismatch[]
}

/** Decides one request and says of every rule why it matched or did not. */
export function explain(compiled: CompiledPolicies, facts: Facts): Explanation {
  const { deny, allow } = compiled.withDryRun ?? compiled.enforced
  const rules = [...compiled.audit, ...deny, ...allow]
  return {
    decision: decide(compiled, facts),
    rules: rules.map(rule => explainRule(rule, facts)),
  }
}

function explainRule(rule: CompiledRule, facts: Facts): RuleExplanation {
  const { name, action, dryRun, from, to, when } = rule
  const matched = matchesRule(rule, facts)
  const describe = ({ condition, test }: CompiledCondition) => {
    return describeMismatch(condition, facts, test(facts))
  }
  const failed = matched
    ? []
    : [
        ...firstAgainstEach(from, rule, facts),
        ...firstAgainstEach(to, rule, facts),
        ...when.filter(condition => !holds(condition, rule, facts)),
      ]
  const unknown = matched
    ? [...from, ...to, when].flat().filter(({ test }) => isUnknown(test(facts)))
    : []
  return {
    rule: name,
    action,
    dryRun,
    matched,
    mismatches: failed.map(describe),
    undecided: unknown.map(describe),
  }
}

function firstAgainstEach(
  clauses: readonly CompiledClause[],
  rule: CompiledRule,
  facts: Facts,
): readonly CompiledCondition[] {
  if (matchesAny(clauses, rule, facts)) return []
  return clauses.flatMap(clause => against(clause, rule, facts) ?? [])
}

function isUnknown(outcome: string): boolean {
  return outcome === 'unknown'
}
