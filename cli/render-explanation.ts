import type { Explanation, Facts, RuleExplanation, Workload } from '../policy/index.js'
import type { Colours } from './colours.js'

const reasons: Readonly<Record<Explanation['decision']['reason'], string>> = {
  'allowed-by-rule': 'a rule of an ALLOW policy matches',
  'denied-by-rule': 'a rule of a DENY policy matches',
  'no-rule-matched': 'ALLOW policies select the workload, and none of their rules matches',
  'no-policy': 'no ALLOW policy selects the workload, so service.whenNoPolicy decides',
}

/** Renders a decision for people: the verdict, who asked for what, and what every rule says. */
export function renderExplanation(
  { decision, rules }: Explanation,
  facts: Facts,
  workload: Workload,
  colours: Colours,
): string {
  const { verdict, reason, rule, dryRun } = decision
  const paint = verdict === 'allow' ? colours.green : colours.red
  const lines = [
    `${paint(colours.bold(verdict === 'allow' ? 'ALLOWED' : 'DENIED'))}  ${reasons[reason]}`,
    ...(rule === undefined ? [] : [field('rule', rule, colours)]),
    field('caller', callerText(facts), colours),
    field('request', `${facts.method} ${facts.host}${facts.path}`, colours),
    field('workload', workloadText(workload), colours),
    ...(dryRun === undefined
      ? []
      : [field('dry run', `with the policies in dry run: ${dryRun.verdict}`, colours)]),
    '',
    ...(rules.length === 0 ? ['No policy speaks of this workload.'] : []),
    ...rules.flatMap(each => renderRule(each, colours)),
  ]
  return `${lines.join('\n')}\n`
}

/** The same as data, for programs. */
export function explanationJson(
  { decision, rules }: Explanation,
  { peer, method, host, path }: Facts,
  workload: Workload,
): object {
  return { decision, request: { peer, method, host, path, workload }, rules }
}

function field(name: string, value: string, colours: Colours): string {
  return `  ${colours.dim(name.padEnd(9))} ${value}`
}

function callerText({ peer }: Facts): string {
  switch (peer.kind) {
    case 'svid':
      return peer.spiffeId
    case 'absent':
      return 'no certificate'
    case 'invalid':
      return `a certificate that is no X.509-SVID: ${peer.reason}`
  }
}

function workloadText({ namespace, labels }: Workload): string {
  const pairs = Object.entries(labels).map(([key, value]) => `${key}=${value}`)
  return [namespace, ...pairs].join(' ')
}

function renderRule(explanation: RuleExplanation, colours: Colours): string[] {
  const { rule, action, dryRun, matched, mismatches, undecided } = explanation
  const mark = matched ? colours.green('✓') : colours.dim('·')
  const name = matched ? colours.bold(rule) : rule
  const note = dryRun ? colours.yellow(' (dry run)') : ''
  const width = Math.max(0, ...[...mismatches, ...undecided].map(({ field }) => field.length))
  const detail = (paint: (text: string) => string) => (each: (typeof mismatches)[number]) =>
    `      ${each.field.padEnd(width)}  wanted ${each.wanted}, ${paint(`saw ${each.seen}`)}`
  return [
    `  ${mark} ${action.padEnd(5)} ${name}${note}`,
    ...mismatches.map(detail(colours.red)),
    ...undecided.map(detail(colours.yellow)),
  ]
}
