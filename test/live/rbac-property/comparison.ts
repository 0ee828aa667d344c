import {
  type CompiledPolicies,
  type Explanation,
  explain,
  type Facts,
} from '../../../policy/index.js'
import type { Answer } from './ask.js'
import type { Question, RunningEnforcers } from './enforcers.js'
import { type PolicyCase, policyYaml } from './policy-case.js'
import { factsOf } from './request.js'

/** What one enforcer made of a request; what it does not tell is left out. */
export interface Verdict {
  readonly allowed: boolean
  /** The DENY rule that denied. */
  readonly deniedBy?: string | undefined
  /** Whether a rule of an AUDIT policy matched. */
  readonly audited?: boolean
  /** The first matching rule of a DENY policy, and of an ALLOW policy, in dry run. */
  readonly dryRunDeny?: string | undefined
  readonly dryRunAllow?: string | undefined
}

/** A request that was decided by both of Envoy's listeners. */
export interface Decided {
  readonly question: Question
  /** What the policies saw of it. */
  readonly facts: Facts
  readonly native: Verdict
  readonly service: Verdict
}

/** Asks both enforcers; a request that Envoy itself refuses (400) is decided by nobody. */
export async function decideByEnvoy(
  running: RunningEnforcers,
  questions: readonly Question[],
): Promise<readonly Decided[]> {
  const native = await running.ask('native', questions)
  const service = await running.ask('ext-authz', questions)
  return questions.flatMap((question, index) => {
    const [ours, theirs] = [native[index] as Answer, service[index] as Answer]
    if (ours.status === 400 && theirs.status === 400) return []
    // The bytes of a header are UTF-8 here, as all that is sent.
    const path = Buffer.from(ours.headers.get('seen-path') ?? '', 'latin1').toString('utf8')
    const facts = factsOf(question.request, path)
    return { question, facts, native: nativeVerdict(ours), service: { allowed: isAllowed(theirs) } }
  })
}

function isAllowed({ status, headers }: Answer): boolean {
  if (status === 200 || status === 403) return status === 200
  throw new Error(`Envoy answered ${status} (${headers.get('details')})`)
}

function nativeVerdict(answer: Answer): Verdict {
  const { headers } = answer
  const rule = /^rbac_access_denied_matched_policy\[(ns.*)\]$/.exec(
    headers.get('details') ?? '',
  )?.[1]
  return {
    allowed: isAllowed(answer),
    deniedBy: rule,
    audited: headers.get('audited') === 'true',
    dryRunDeny: headers.get('dry-run-deny'),
    dryRunAllow: headers.get('dry-run-allow'),
  }
}

/** Says what `decide` and `explain` make of a request, as the native filters tell it. */
export function expectedVerdict(compiled: CompiledPolicies, facts: Facts): Verdict {
  const { decision, rules } = explain(compiled, facts)
  const matched = (action: string, dryRun: boolean) => {
    return rules.find(rule => rule.matched && rule.action === action && rule.dryRun === dryRun)
      ?.rule
  }
  const deniedBy = decision.reason === 'denied-by-rule' ? decision.rule : undefined
  return {
    allowed: decision.verdict === 'allow',
    deniedBy,
    audited: decision.audited.length > 0,
    // A filter that denies does not note what its shadow rules say, and those behind it are not asked.
    dryRunDeny: deniedBy === undefined ? matched('DENY', true) : undefined,
    dryRunAllow: decision.verdict === 'allow' ? matched('ALLOW', true) : undefined,
  }
}

/** How a request is decided: by `expectedVerdict`, or by something that is wrong on purpose. */
export type Decider = (compiled: CompiledPolicies, facts: Facts) => Verdict

/** Finds what is not decided alike by everybody. */
export function findDifferences(
  compiled: readonly CompiledPolicies[],
  decided: readonly Decided[],
  decide: Decider = expectedVerdict,
): readonly Decided[] {
  return decided.filter(({ question, facts, native, service }) => {
    const expected = decide(compiled[question.caseNumber] as CompiledPolicies, facts)
    return service.allowed !== expected.allowed || !sameVerdict(native, expected)
  })
}

function sameVerdict(one: Verdict, other: Verdict): boolean {
  return (
    one.allowed === other.allowed &&
    one.deniedBy === other.deniedBy &&
    one.audited === other.audited &&
    one.dryRunDeny === other.dryRunDeny &&
    one.dryRunAllow === other.dryRunAllow
  )
}

/** Writes a difference for people: the policies, the request, and what everybody made of it. */
export function describeDifference(
  { question, facts, native, service }: Decided,
  policyCase: PolicyCase,
  compiled: CompiledPolicies,
): string {
  const explanation: Explanation = explain(compiled, facts)
  const { scope, whenNoPolicy } = policyCase
  const texts = {
    scope: { ...scope, whenNoPolicy },
    request: question.request,
    'path seen': facts.path,
    native,
    service,
    decide: expectedVerdict(compiled, facts),
    explanation,
  }
  const lines = Object.entries(texts).map(([name, value]) => `${name}: ${JSON.stringify(value)}`)
  return `${policyYaml(policyCase)}${lines.join('\n')}\n`
}
