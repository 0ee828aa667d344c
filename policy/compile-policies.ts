import type {
  AuthorizationPolicy,
  Clause,
  Condition,
  PolicyAction,
} from './authorization-policy.js'
import { type ConditionTest, compileCondition } from './matching/condition.js'
import { type PolicyScope, policiesFor } from './policy-scope.js'

/** What {@link compilePolicies} needs to know of the mesh and the workload. */
export interface CompileOptions extends PolicyScope {
  /** The verdict for a workload that no ALLOW policy selects; `allow` is what Istio does. */
  readonly whenNoPolicy: 'allow' | 'deny'
}

/** The policies that speak of one workload, ready to decide and to explain. */
export interface CompiledPolicies {
  /** The same as plain data: in scope, in evaluation order, trust domains written out. */
  readonly policies: readonly AuthorizationPolicy[]
  readonly whenNoPolicy: 'allow' | 'deny'
  readonly audit: readonly CompiledRule[]
  /** What decides. */
  readonly enforced: RuleSet
  /** What would decide if the dry-run policies were enforced; undefined when there are none. */
  readonly withDryRun: RuleSet | undefined
}

/** Rules that decide together. */
export interface RuleSet {
  readonly deny: readonly CompiledRule[]
  readonly allow: readonly CompiledRule[]
  /** True when an ALLOW policy is there, with rules or without: what none allows is denied. */
  readonly hasAllowPolicy: boolean
}

/** A rule whose conditions are tests. */
export interface CompiledRule {
  readonly name: string
  readonly action: PolicyAction
  readonly dryRun: boolean
  readonly from: readonly CompiledClause[]
  readonly to: readonly CompiledClause[]
  readonly when: CompiledClause
}

/** All of these hold. */
export type CompiledClause = readonly CompiledCondition[]

/** A condition with its test. */
export interface CompiledCondition {
  readonly condition: Condition
  readonly test: ConditionTest
}

/** Selects the policies that speak of a workload and compiles them. */
export function compilePolicies(
  policies: readonly AuthorizationPolicy[],
  options: CompileOptions,
): CompiledPolicies {
  const selected = policiesFor(policies, options)
  const enforced = selected.filter(({ dryRun }) => !dryRun)
  return {
    policies: selected,
    whenNoPolicy: options.whenNoPolicy,
    audit: compileRules(selected, 'AUDIT'),
    enforced: compileRuleSet(enforced),
    withDryRun: enforced.length === selected.length ? undefined : compileRuleSet(selected),
  }
}

function compileRuleSet(policies: readonly AuthorizationPolicy[]): RuleSet {
  return {
    deny: compileRules(policies, 'DENY'),
    allow: compileRules(policies, 'ALLOW'),
    hasAllowPolicy: policies.some(({ action }) => action === 'ALLOW'),
  }
}

/**
 * Sorted by name, byte for byte: so does Envoy, and of several rules that match it names the first
 * one. A decision then names the same rule wherever it is made.
 */
function compileRules(
  policies: readonly AuthorizationPolicy[],
  action: PolicyAction,
): readonly CompiledRule[] {
  return policies
    .filter(policy => policy.action === action)
    .flatMap(({ rules, dryRun }) => {
      return rules.map(({ name, from, to, when }) => ({
        name,
        action,
        dryRun,
        from: from.map(compileClause),
        to: to.map(compileClause),
        when: compileClause(when),
      }))
    })
    .sort((left, right) => (left.name < right.name ? -1 : 1))
}

function compileClause(clause: Clause): CompiledClause {
  return clause.map(condition => ({ condition, test: compileCondition(condition) }))
}
