import test from 'ava'
import { findings, head } from '../findings.js'

/** Specs on line 6 of a policy, in YAML's flow style, and the one finding each has. */
const specs: Readonly<Record<string, string>> = {
  '[a]':
    'SC0203 6:7 spec must be a mapping, not a list. It takes selector, targetRef, targetRefs, rules, action, provider.',
  '{rule: []}': 'SC0202 6:8 spec has no field rule. Did you mean rules?',
  '{from: []}': 'SC0202 6:8 spec has no field from. Put it under rules[].',
  '{zzz: 1}':
    'SC0202 6:8 spec has no field zzz. It takes selector, targetRef, targetRefs, rules, action, provider.',
  '{action: allow}': 'SC0203 6:16 spec.action is not an action: allow. Did you mean ALLOW?',
  '{action: LOG}':
    'SC0203 6:16 spec.action is not an action: LOG. It takes ALLOW, DENY, AUDIT, CUSTOM.',
  '{action: CUSTOM, provider: {name: x}, rules: [{}]}':
    'SC0205 6:16 spec.action is CUSTOM, which hands the request to a service of its own. Leave this policy to Istio: take it out here.',
  '{provider: {name: x}}':
    'SC0204 6:8 spec.provider stands in a policy whose action is not CUSTOM. Remove it.',
  '{action: DENY}':
    'SC0204 6:7 a DENY policy without rules never denies. Write "rules: [{}]" to deny everything, or remove the policy.',
  '{action: DENY, rules: []}':
    'SC0204 6:29 a DENY policy without rules never denies. Write "rules: [{}]" to deny everything, or remove the policy.',
  '{targetRefs: [{kind: Gateway, name: g}]}':
    'SC0205 6:8 spec.targetRefs attaches the policy to a gateway, a waypoint or a service. Sidecars ignore such a policy. Use spec.selector, or take the policy out here.',
  '{selector: {}, targetRefs: []}':
    'SC0204 6:22 spec has both selector and targetRefs. Remove targetRefs.',
  '{targetRef: {kind: Gateway, name: g}}':
    'SC0205 6:8 spec.targetRef attaches the policy to a gateway, a waypoint or a service. Sidecars ignore such a policy. Use spec.selector, or take the policy out here.',
  '{selector: {matchExpressions: []}}':
    'SC0202 6:19 spec.selector has no field matchExpressions. It takes matchLabels.',
  '{selector: {matchLabel: {}}}':
    'SC0202 6:19 spec.selector has no field matchLabel. Did you mean matchLabels?',
  '{selector: {matchLabels: [a]}}':
    'SC0203 6:19 spec.selector.matchLabels must be a mapping. Write LABEL: VALUE.',
  '{selector: {matchLabels: {app: "a*"}}}':
    'SC0204 6:33 spec.selector.matchLabels has a wildcard: app: a*. Write whole labels of the workload.',
  '{selector: {matchLabels: {"": a}}}':
    'SC0204 6:33 spec.selector.matchLabels has an empty key. Write whole labels of the workload.',
  '{selector: {matchLabels: {version: 1}}}':
    'SC0203 6:42 spec.selector.matchLabels.version must be a string, not the number 1. Put it in quotes: "1".',
  '{rules: {}}':
    'SC0203 6:15 spec.rules must be a list, not a mapping. Start each item with "- ", or write it in [ ].',
  '{rules: [null]}':
    'SC0203 6:16 spec.rules[0] must be a mapping, not empty. It takes from, to, when.',
  '{rules: [{form: []}]}': 'SC0202 6:17 spec.rules[0] has no field form. Did you mean from?',
  '{rules: [{principals: []}]}':
    'SC0202 6:17 spec.rules[0] has no field principals. Put it under from[].source.',
}

for (const [spec, expected] of Object.entries(specs)) {
  test(`the spec ${spec} is refused`, t => {
    t.deepEqual(findings(`${head}spec: ${spec}\n`), [expected])
  })
}

test('every finding of a policy is told, not the first alone', t => {
  const found = findings(
    `${head}spec: {actoin: DENY, rules: [{from: [{source: {ipBlocks: [x, z]}}]}]}\n`,
  )
  t.deepEqual(
    found.map(text => text.slice(0, 6)),
    ['SC0202', 'SC0204', 'SC0204'],
  )
})
