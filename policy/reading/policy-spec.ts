import type { PolicyAction, Rule } from '../authorization-policy.js'
import { nearestName } from '../suggestion.js'
import type { YamlEntry, YamlNode } from '../yaml/yaml-source.js'
import { type Report, readFields, readList, readText } from './policy-fields.js'
import { type RuleOwner, readRule } from './policy-rule.js'

/** What `spec` says. */
export interface PolicySpec {
  readonly matchLabels: Readonly<Record<string, string>>
  readonly action: PolicyAction
  readonly rules: readonly Rule[]
}

const actions = ['ALLOW', 'DENY', 'AUDIT', 'CUSTOM'] as const

/**
 * Reads `spec` by Istio's validation. A missing action is ALLOW. DENY without rules is refused: it
 * would never deny. `targetRef`, `targetRefs` and CUSTOM are refused (SC0205), because they speak of
 * waypoints, gateways and other services.
 */
export function readSpec(node: YamlNode | undefined, owner: RuleOwner, report: Report): PolicySpec {
  if (node === undefined) return { matchLabels: {}, action: 'ALLOW', rules: [] }
  const known = ['selector', 'targetRef', 'targetRefs', 'rules', 'action', 'provider']
  const elsewhere = { 'selector.matchLabels': ['app'], 'rules[]': ['from', 'to', 'when'] }
  const fields = readFields(node, 'spec', known, report, elsewhere)
  refuseTargets(fields, report)
  const action = readAction(fields.get('action'), report)
  const provider = fields.get('provider')
  if (provider !== undefined && action !== undefined) {
    const message = 'spec.provider stands in a policy whose action is not CUSTOM'
    report('SC0204', message, 'Remove it.', provider.keyPlace)
  }
  const rules = fields.get('rules')
  const items = rules === undefined ? [] : readList(rules.value, 'spec.rules', report)
  if (items.length > 512) {
    const hint = 'Split the policy.'
    report('SC0204', 'spec.rules has more than 512 items', hint, (items[512] ?? node).place)
  }
  if (action === 'DENY' && items.length === 0 && (rules?.value.kind ?? 'list') === 'list') {
    const hint = 'Write "rules: [{}]" to deny everything, or remove the policy.'
    report('SC0204', 'a DENY policy without rules never denies', hint, (rules?.value ?? node).place)
  }
  return {
    matchLabels: readSelector(fields.get('selector'), report),
    action: action ?? 'ALLOW',
    rules: items.map((item, index) => readRule(item, index, owner, report)),
  }
}

/** The action; undefined for CUSTOM and for what is none, which are reported. */
function readAction(entry: YamlEntry | undefined, report: Report): PolicyAction | undefined {
  if (entry === undefined) return 'ALLOW'
  const text = readText(entry.value, 'spec.action', report)
  if (text === undefined) return undefined
  const action = actions.find(known => known === text)
  if (action === undefined) {
    const near = nearestName(text, actions)
    const hint = near === undefined ? `It takes ${actions.join(', ')}.` : `Did you mean ${near}?`
    report('SC0203', `spec.action is not an action: ${text}`, hint, entry.value.place)
    return undefined
  }
  if (action !== 'CUSTOM') return action
  const message = 'spec.action is CUSTOM, which hands the request to a service of its own'
  report('SC0205', message, 'Leave this policy to Istio: take it out here.', entry.value.place)
  return undefined
}

function refuseTargets(fields: ReadonlyMap<string, YamlEntry>, report: Report): void {
  for (const name of ['targetRef', 'targetRefs']) {
    const entry = fields.get(name)
    if (entry === undefined) continue
    const none = name === 'targetRefs' && isEmptyList(entry.value)
    if (!none) {
      const message = `spec.${name} attaches the policy to a gateway, a waypoint or a service`
      const hint = 'Sidecars ignore such a policy. Use spec.selector, or take the policy out here.'
      report('SC0205', message, hint, entry.keyPlace)
    } else if (fields.has('selector')) {
      report('SC0204', `spec has both selector and ${name}`, `Remove ${name}.`, entry.keyPlace)
    }
  }
}

function isEmptyList(node: YamlNode): boolean {
  return node.kind === 'list' && node.items.length === 0
}

function readSelector(
  entry: YamlEntry | undefined,
  report: Report,
): Readonly<Record<string, string>> {
  if (entry === undefined) return {}
  const labels = readFields(entry.value, 'spec.selector', ['matchLabels'], report).get(
    'matchLabels',
  )
  if (labels === undefined) return {}
  const where = 'spec.selector.matchLabels'
  if (labels.value.kind !== 'map') {
    report('SC0203', `${where} must be a mapping`, 'Write LABEL: VALUE.', labels.keyPlace)
    return {}
  }
  const pairs = labels.value.entries.flatMap(({ key, keyPlace, value }) => {
    const text = readText(value, `${where}.${key}`, report)
    if (text === undefined) return []
    const problem = labelProblem(key, text)
    if (problem === undefined) return [[key, text] as const]
    report('SC0204', `${where} ${problem}`, 'Write whole labels of the workload.', keyPlace)
    return []
  })
  return Object.fromEntries(pairs)
}

function labelProblem(key: string, value: string): string | undefined {
  if (key === '') return 'has an empty key'
  if (key.includes('*') || value.includes('*')) return `has a wildcard: ${key}: ${value}`
  return value.length > 63 ? `has a value of more than 63 characters: ${value}` : undefined
}
