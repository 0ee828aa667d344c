import type { DecisionReason } from '../decision.js'
import { type Report, readFields, readList } from '../reading/policy-fields.js'
import type { YamlNode } from '../yaml/yaml-source.js'
import { type FieldReader, readChoice, readString } from './case-fields.js'
import type { ExpectedDecision } from './policy-case.js'

/** What an expectation may say, beside the verdict alone. */
export const expectationFields = ['verdict', 'rule', 'reason', 'audited', 'dryRun']

const verdicts = ['allow', 'deny'] as const

/** The verdict that each reason stands for; either one for a workload without policy. */
const verdictOf: Readonly<Record<DecisionReason, 'allow' | 'deny' | undefined>> = {
  'allowed-by-rule': 'allow',
  'denied-by-rule': 'deny',
  'no-rule-matched': 'deny',
  'no-policy': undefined,
}
const reasons = Object.keys(verdictOf) as readonly DecisionReason[]

/**
 * Reads what a case expects: `allow` or `deny`, or a mapping with the verdict and more. What no
 * decision can be at once is refused (SC0505).
 */
export function readExpectation(
  node: YamlNode,
  where: string,
  report: Report,
): ExpectedDecision | undefined {
  const { place } = node
  if (node.kind !== 'map') {
    const verdict = readChoice(verdicts)(node, where, report)
    return verdict && { verdict, place }
  }
  const fields = readFields(node, where, expectationFields, report)
  const read = <T>(field: string, reader: FieldReader<T>): T | undefined => {
    const entry = fields.get(field)
    return entry && reader(entry.value, `${where}.${field}`, report)
  }
  if (!fields.has('verdict')) {
    report('SC0503', `${where} has no verdict`, 'Add verdict: allow or verdict: deny.', place)
  }
  const verdict = read('verdict', readChoice(verdicts))
  const rule = read('rule', readRuleName)
  const reason = read('reason', readChoice(reasons))
  const audited = read('audited', readRuleNames)
  const dryRun = read('dryRun', readChoice(verdicts))
  if (verdict === undefined) return undefined
  const expected = { verdict, rule, reason, audited, dryRun, place }
  const contradiction = contradictionIn(expected)
  if (contradiction !== undefined) report('SC0505', `${where}: ${contradiction}`, mend, place)
  return expected
}

const mend = 'Correct one of them, or leave it out.'

function contradictionIn({ verdict, rule, reason }: ExpectedDecision): string | undefined {
  if (reason === undefined) return undefined
  if (verdict !== (verdictOf[reason] ?? verdict)) {
    return `a request is never ${verdict === 'allow' ? 'allowed' : 'denied'} for ${reason}`
  }
  return rule !== undefined && !reason.endsWith('-by-rule')
    ? `no rule decides when the reason is ${reason}`
    : undefined
}

const readRuleName: FieldReader<string> = (node, where, report) => {
  const text = readString(node, where, report)
  if (text === undefined || /^ns\[[a-z0-9-]+\]-policy\[[a-z0-9.-]+\]-rule\[\d+\]$/.test(text))
    return text
  const hint = 'Write ns[NAMESPACE]-policy[NAME]-rule[INDEX], counted from 0, in quotes.'
  report('SC0502', `${where} is no name of a rule: ${JSON.stringify(text)}`, hint, node.place)
  return undefined
}

const readRuleNames: FieldReader<readonly string[]> = (node, where, report) => {
  return readList(node, where, report).flatMap((item, index) => {
    return readRuleName(item, `${where}[${index}]`, report) ?? []
  })
}
