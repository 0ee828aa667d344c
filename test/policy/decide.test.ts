import test from 'ava'
import { decide } from '../../policy/index.js'
import { allows, compiled, denies, from, policyText, request } from './scenario.js'

test('a rule needs one source, one operation and every condition', t => {
  const rule = `{from: [{source: {namespaces: [a]}}, {source: {namespaces: [b]}}],
    to: [{operation: {methods: [GET]}}, {operation: {paths: [/x]}}],
    when: [{key: destination.port, values: ["1"]}, {key: connection.sni, notValues: [s]}]}`
  const facts = (namespace: string, method: string, path: string, port: number, sni?: string) => {
    const peer = { kind: 'svid', spiffeId: `spiffe://td/ns/${namespace}/sa/x` } as const
    return request({ peer, method, path, destinationPort: port, sni })
  }
  t.true(allows(rule, facts('a', 'GET', '/y', 1)))
  t.true(allows(rule, facts('b', 'PUT', '/x', 1)))
  t.false(allows(rule, facts('c', 'GET', '/x', 1)))
  t.false(allows(rule, facts('a', 'PUT', '/y', 1)))
  t.false(allows(rule, facts('a', 'GET', '/x', 2)))
  t.false(allows(rule, facts('a', 'GET', '/x', 1, 's')))
})

test('fields of one source hold together, and values exclude what they exclude', t => {
  const rule =
    '{from: [{source: {principals: ["td/*"], notPrincipals: ["*/a", "*/b"], ipBlocks: [10.0.0.0/8]}}]}'
  t.true(allows(rule, from('spiffe://td/ns/x/sa/c')))
  t.false(allows(rule, from('spiffe://td/ns/x/sa/a')))
  t.false(allows(rule, from('spiffe://td/ns/x/sa/b')))
  t.false(allows(rule, { ...from('spiffe://td/ns/x/sa/c'), sourceIp: '1.1.1.1' }))
})

test('a policy without rules allows nothing; an empty rule matches everything', t => {
  for (const spec of ['{}', '{rules: []}', '{rules: null}', 'null']) {
    t.like(decide(compiled(policyText(spec), { whenNoPolicy: 'allow' }), request()), {
      verdict: 'deny',
      reason: 'no-rule-matched',
    })
  }
  t.true(allows('{}', from(undefined)))
  t.true(allows('{from: [], to: [], when: []}', from(undefined)))
  t.true(denies('{}', request()))
})

test('DENY goes before ALLOW, and a decision names the rule that decided', t => {
  const both = compiled(
    `${policyText('{rules: [{}]}', 'name: a, namespace: curity')}---\n${policyText(
      '{action: DENY, rules: [{to: [{operation: {paths: [/x]}}]}, {to: [{operation: {paths: [/a]}}]}]}',
      'name: d, namespace: istio-system',
    )}`,
  )
  t.deepEqual(decide(both, request()), {
    verdict: 'allow',
    reason: 'allowed-by-rule',
    rule: 'ns[curity]-policy[a]-rule[0]',
    audited: [],
  })
  t.deepEqual(decide(both, request({ path: '/a' })), {
    verdict: 'deny',
    reason: 'denied-by-rule',
    rule: 'ns[istio-system]-policy[d]-rule[1]',
    audited: [],
  })
})

test('of several rules that match, the one that Envoy names is named', t => {
  const many = Array.from({ length: 11 }, (_, index) => {
    return index === 2 || index === 10 ? '{}' : '{to: [{operation: {methods: [NONE]}}]}'
  })
  const { rule } = decide(compiled(policyText(`{rules: [${many.join(', ')}]}`)), request())
  t.is(rule, 'ns[curity]-policy[p]-rule[10]')
})

test('without an ALLOW policy in scope, whenNoPolicy decides', t => {
  const none = policyText('{rules: [{}]}', 'name: p, namespace: elsewhere')
  const deny = policyText('{action: DENY, rules: [{to: [{operation: {paths: [/x]}}]}]}')
  for (const text of [none, deny]) {
    for (const whenNoPolicy of ['allow', 'deny'] as const) {
      t.deepEqual(decide(compiled(text, { whenNoPolicy }), request()), {
        verdict: whenNoPolicy,
        reason: 'no-policy',
        audited: [],
      })
    }
  }
})

test('AUDIT policies record and decide nothing', t => {
  const audit = policyText(
    '{action: AUDIT, rules: [{}, {to: [{operation: {paths: [/x]}}]}, {to: [{operation: {paths: [/]}}]}]}',
  )
  t.deepEqual(decide(compiled(audit, { whenNoPolicy: 'allow' }), request()), {
    verdict: 'allow',
    reason: 'no-policy',
    audited: ['ns[curity]-policy[p]-rule[0]', 'ns[curity]-policy[p]-rule[2]'],
  })
})

test('policies in dry run decide nothing, and what they would decide is told', t => {
  const dry = (name: string, spec: string) => {
    return policyText(
      spec,
      `name: ${name}, namespace: curity, annotations: {istio.io/dry-run: "true"}`,
    )
  }
  const text = `${dry('a', '{rules: [{to: [{operation: {paths: [/a]}}]}]}')}---\n${dry(
    'd',
    '{action: DENY, rules: [{to: [{operation: {paths: [/d]}}]}]}',
  )}`
  const both = compiled(text, { whenNoPolicy: 'allow' })
  const decided = { verdict: 'allow', reason: 'no-policy', audited: [] } as const
  t.deepEqual(decide(both, request()), { ...decided, dryRun: { verdict: 'deny' } })
  t.deepEqual(decide(both, request({ path: '/a' })), {
    ...decided,
    dryRun: { verdict: 'allow', rule: 'ns[curity]-policy[a]-rule[0]' },
  })
  t.deepEqual(decide(both, request({ path: '/d' })), {
    ...decided,
    dryRun: { verdict: 'deny', rule: 'ns[curity]-policy[d]-rule[0]' },
  })
})

test('a policy speaks of its namespace, the root namespace of all, both of what they select', t => {
  const rules = 'rules: [{}]'
  const verdict = (metadata: string, selector: string) => {
    const text = policyText(`{selector: {matchLabels: {${selector}}}, ${rules}}`, metadata)
    return decide(compiled(text), request()).verdict
  }
  t.is(verdict('name: p, namespace: curity', ''), 'allow')
  t.is(verdict('name: p, namespace: istio-system', ''), 'allow')
  t.is(verdict('name: p, namespace: other', ''), 'deny')
  t.is(verdict('name: p, namespace: curity', 'role: runtime'), 'allow')
  t.is(verdict('name: p, namespace: curity', 'role: runtime, app: curity'), 'allow')
  t.is(verdict('name: p, namespace: curity', 'role: admin'), 'deny')
  t.is(verdict('name: p, namespace: curity', 'role: runtime, tier: x'), 'deny')
  t.is(verdict('name: p, namespace: curity', 'toString: x'), 'deny')
})
