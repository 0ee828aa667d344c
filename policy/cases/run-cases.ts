import type { AuthorizationPolicy } from '../authorization-policy.js'
import { type CompiledPolicies, type CompileOptions, compilePolicies } from '../compile-policies.js'
import { decide } from '../decide.js'
import type { Decision } from '../decision.js'
import { describedFacts } from '../described-request.js'
import { type Explanation, explain } from '../explain.js'
import type { Facts } from '../facts.js'
import type { Workload } from '../workload.js'
import { compareDecision, type Difference } from './compare-decision.js'
import { type Coverage, coverageCount } from './coverage.js'
import type { CaseFile, PolicyCase } from './policy-case.js'

/** What the cases are held against. */
export interface CaseSettings extends CompileOptions {
  readonly policies: readonly AuthorizationPolicy[]
  /** The workload of the files that name none. */
  readonly workload: Workload
}

/** What became of the cases of several files. */
export interface CasesRun {
  /** One for each case, in the order of the files. */
  readonly results: readonly CaseResult[]
  readonly coverage: Coverage
}

/** What became of one case. */
export interface CaseResult {
  readonly file: string
  readonly case: PolicyCase
  readonly workload: Workload
  readonly facts: Facts
  readonly decision: Decision
  /** What came out otherwise; a case without any has passed. */
  readonly differences: readonly Difference[]
  /** What every rule has to say, for a case that failed. */
  readonly explanation: Explanation | undefined
}

/**
 * Decides the request of every case as the service would, compares, and counts what of the policies
 * was tried. Policies are compiled once for each workload.
 */
export function runCases(files: readonly CaseFile[], settings: CaseSettings): CasesRun {
  const { policies } = settings
  const count = coverageCount(policies)
  const compiled = new Map<string, Compiled>()
  const results = files.flatMap(({ file, workload = settings.workload, cases }) => {
    const key = JSON.stringify([workload.namespace, Object.entries(workload.labels).sort()])
    const ready = compiled.get(key) ?? compileFor(workload, settings)
    compiled.set(key, ready)
    return cases.map(each => {
      const facts = describedFacts(each.request, each.peer)
      count.count(ready.policies, facts)
      return { file, workload, ...runCase(each, facts, ready) }
    })
  })
  return { results, coverage: count.coverage() }
}

interface Compiled {
  readonly policies: CompiledPolicies
  readonly rules: readonly string[]
}

function compileFor(workload: Workload, settings: CaseSettings): Compiled {
  const policies = compilePolicies(settings.policies, { ...settings, workload })
  return {
    policies,
    rules: policies.policies.flatMap(({ rules }) => rules.map(({ name }) => name)),
  }
}

function runCase(each: PolicyCase, facts: Facts, { policies, rules }: Compiled) {
  const decision = decide(policies, facts)
  const differences = compareDecision(each.expected, decision, rules)
  const explanation = differences.length === 0 ? undefined : explain(policies, facts)
  return { case: each, facts, decision, differences, explanation }
}
