import type { Decision } from '../decision.js'
import { nearestName } from '../suggestion.js'
import type { ExpectedDecision } from './policy-case.js'

/** One thing that came out otherwise than a case expects. */
export interface Difference {
  readonly field: 'verdict' | 'rule' | 'reason' | 'audited' | 'dryRun'
  readonly expected: string
  readonly got: string
  /** What may be wrong with the expectation itself. */
  readonly hint?: string
}

/**
 * Compares a decision with what a case expects of it; nothing that the case leaves out counts.
 *
 * @param rules - the names of the rules in scope, for hints at rules that are not there
 */
export function compareDecision(
  expected: ExpectedDecision,
  decision: Decision,
  rules: readonly string[],
): readonly Difference[] {
  const { verdict, rule, reason, audited, dryRun } = expected
  return [
    ...difference('verdict', verdict, decision.verdict, undefined),
    ...difference('rule', rule, decision.rule ?? 'no rule', hintAtRules([rule], rules)),
    ...difference('reason', reason, decision.reason, undefined),
    ...difference(
      'audited',
      audited && listText(audited),
      listText(decision.audited),
      hintAtRules(audited ?? [], rules),
    ),
    ...difference('dryRun', dryRun, decision.dryRun?.verdict ?? 'no policy in dry run', undefined),
  ]
}

function difference(
  field: Difference['field'],
  expected: string | undefined,
  got: string,
  hint: string | undefined,
): readonly Difference[] {
  if (expected === undefined || expected === got) return []
  return [hint === undefined ? { field, expected, got } : { field, expected, got, hint }]
}

/** In an order of their own: neither the case nor the decision promises one. */
function listText(names: readonly string[]): string {
  return names.length === 0 ? 'none' : [...new Set(names)].sort().join(', ')
}

function hintAtRules(
  names: readonly (string | undefined)[],
  rules: readonly string[],
): string | undefined {
  const missing = names.find(name => name !== undefined && !rules.includes(name))
  if (missing === undefined) return undefined
  const near = nearestName(missing, rules)
  const meant = near === undefined ? '' : ` Did you mean ${near}?`
  return `No policy of this workload has the rule ${missing}.${meant}`
}
