import type { CompiledPolicies, CompiledRule, RuleSet } from './compile-policies.js'
import type { Decision, DecisionReason } from './decision.js'
import type { Facts } from './facts.js'
import { matchesRule } from './matching/rule-match.js'

/**
 * Decides one request as Istio does: denied when a DENY rule matches; else allowed when an ALLOW rule
 * matches; else denied when there is an ALLOW policy; else what `whenNoPolicy` says. AUDIT rules that
 * match are listed and decide nothing, and so do the policies in dry run.
 */
export function decide(compiled: CompiledPolicies, facts: Facts): Decision {
  const { audit, enforced, withDryRun, whenNoPolicy } = compiled
  const decided = apply(enforced, facts, whenNoPolicy)
  const audited = audit.length === 0 ? nothing : matchingNames(audit, facts)
  if (withDryRun === undefined) return { ...decided, audited }
  const { verdict, rule } = apply(withDryRun, facts, whenNoPolicy)
  return { ...decided, audited, dryRun: rule === undefined ? { verdict } : { verdict, rule } }
}

const nothing: readonly string[] = []

interface Applied {
  readonly verdict: 'allow' | 'deny'
  readonly reason: DecisionReason
  readonly rule?: string
}

function apply(rules: RuleSet, facts: Facts, whenNoPolicy: 'allow' | 'deny'): Applied {
  const denied = firstMatch(rules.deny, facts)
  if (denied !== undefined) return { verdict: 'deny', reason: 'denied-by-rule', rule: denied.name }
  const allowed = firstMatch(rules.allow, facts)
  if (allowed !== undefined) {
    return { verdict: 'allow', reason: 'allowed-by-rule', rule: allowed.name }
  }
  return rules.hasAllowPolicy
    ? { verdict: 'deny', reason: 'no-rule-matched' }
    : { verdict: whenNoPolicy, reason: 'no-policy' }
}

function firstMatch(rules: readonly CompiledRule[], facts: Facts): CompiledRule | undefined {
  for (const rule of rules) {
    if (matchesRule(rule, facts)) return rule
  }
  return undefined
}

function matchingNames(rules: readonly CompiledRule[], facts: Facts): readonly string[] {
  return rules.filter(rule => matchesRule(rule, facts)).map(({ name }) => name)
}
