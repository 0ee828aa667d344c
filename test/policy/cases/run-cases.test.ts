import test from 'ava'
import { policies, policyText } from '../scenario.js'
import { cases, caseText, run } from './case-text.js'

const website = 'spiffe://td/ns/applications/sa/website'
const two = policies(
  `${policyText('{rules: [{from: [{source: {principals: [td/ns/applications/sa/website]}}]}]}')}---\n${policyText(
    '{action: DENY, rules: [{to: [{operation: {paths: [/admin*]}}]}]}',
    'name: admin, namespace: curity',
  )}`,
)

function differences(expect: string, request?: string, from = two, settings = {}) {
  const file = cases(`cases:\n${caseText('n', expect, request)}`)
  const [result] = run(from, [file], settings).results
  return result?.differences.map(({ field, expected, got }) => `${field}: ${expected} / ${got}`)
}

test('a case passes when the decision is all that it expects', t => {
  t.deepEqual(differences('deny'), [])
  t.deepEqual(differences('{verdict: deny, reason: no-rule-matched}'), [])
  t.deepEqual(
    differences(
      "{verdict: allow, rule: 'ns[curity]-policy[p]-rule[0]', reason: allowed-by-rule, audited: []}",
      `{identity: ${website}, path: /}`,
    ),
    [],
  )
})

test('each thing that came out otherwise is said, with what was expected', t => {
  t.deepEqual(
    differences(
      "{verdict: allow, rule: 'ns[curity]-policy[p]-rule[0]', dryRun: allow}",
      `{identity: ${website}, path: /admin}`,
    ),
    [
      'verdict: allow / deny',
      'rule: ns[curity]-policy[p]-rule[0] / ns[curity]-policy[admin]-rule[0]',
      'dryRun: allow / no policy in dry run',
    ],
  )
  t.deepEqual(differences('{verdict: deny, reason: no-policy}'), [
    'reason: no-policy / no-rule-matched',
  ])
  t.deepEqual(differences("{verdict: deny, rule: 'ns[curity]-policy[p]-rule[0]'}"), [
    'rule: ns[curity]-policy[p]-rule[0] / no rule',
  ])
})

test('rules of AUDIT policies count in any order, all of them', t => {
  const spec = '{action: AUDIT, rules: [{}, {}]}'
  const audit = policies(policyText(spec, 'name: a, namespace: curity'))
  const names = (...indices: number[]) => {
    const list = indices.map(index => `'ns[curity]-policy[a]-rule[${index}]'`)
    return `{verdict: deny, audited: [${list.join(', ')}]}`
  }
  t.deepEqual(differences(names(1, 0), undefined, audit), [])
  t.deepEqual(differences(names(1), undefined, audit), [
    'audited: ns[curity]-policy[a]-rule[1] / ns[curity]-policy[a]-rule[0], ns[curity]-policy[a]-rule[1]',
  ])
  t.deepEqual(differences('{verdict: deny, audited: []}', undefined, audit), [
    'audited: none / ns[curity]-policy[a]-rule[0], ns[curity]-policy[a]-rule[1]',
  ])
})

test('what the policies in dry run would do can be expected', t => {
  const metadata = 'name: p, namespace: curity, annotations: {istio.io/dry-run: "true"}'
  const dry = policies(policyText('{rules: [{}]}', metadata))
  t.deepEqual(differences('{verdict: deny, dryRun: allow}', undefined, dry), [])
  t.deepEqual(differences('{verdict: deny, dryRun: deny}', undefined, dry), [
    'dryRun: deny / allow',
  ])
})

test('a rule that no policy of the workload has is said to be missing, with the nearest name', t => {
  const text = caseText('n', "{verdict: deny, rule: 'ns[curity]-policy[admim]-rule[0]'}")
  const [result] = run(two, [cases(`cases:\n${text}`)]).results
  t.is(
    result?.differences[0]?.hint,
    'No policy of this workload has the rule ns[curity]-policy[admim]-rule[0]. Did you mean ns[curity]-policy[admin]-rule[0]?',
  )
})

test('a failed case has its explanation, of the same decision; one that passed has none', t => {
  const file = cases(`cases:\n${caseText('a', 'allow')}${caseText('b', 'deny')}`)
  const [failed, passed] = run(two, [file]).results
  t.deepEqual(failed?.explanation?.decision, failed?.decision)
  t.deepEqual(
    failed?.explanation?.rules.map(({ rule, matched }) => [rule, matched]),
    [
      ['ns[curity]-policy[admin]-rule[0]', false],
      ['ns[curity]-policy[p]-rule[0]', false],
    ],
  )
  t.is(passed?.explanation, undefined)
})

test('a file that names a workload is decided by the policies of that workload', t => {
  const elsewhere = 'workload: {namespace: other, labels: {role: runtime}}\ncases:\n'
  const files = [
    cases(`cases:\n${caseText('a', 'allow', `{identity: ${website}, path: /}`)}`),
    cases(
      `${elsewhere}${caseText('a', '{verdict: deny, reason: no-policy}', `{identity: ${website}, path: /}`)}`,
      'b.test.yaml',
    ),
  ]
  const { results } = run(two, files)
  t.deepEqual(
    results.map(({ file, differences }) => [file, differences]),
    [
      ['a.test.yaml', []],
      ['b.test.yaml', []],
    ],
  )
})

test('without a policy the setting decides', t => {
  const expect = '{verdict: allow, reason: no-policy}'
  t.deepEqual(differences(expect, undefined, [], { whenNoPolicy: 'allow' }), [])
})

test('a certificate that is no SVID leaves an identity undecided: denied by both actions', t => {
  const request = '{identity: invalid, path: /x}'
  t.deepEqual(differences('{verdict: deny, reason: no-rule-matched}', request), [])
  const deny = policies(
    policyText('{action: DENY, rules: [{from: [{source: {principals: [td/x]}}]}]}'),
  )
  const denied = "{verdict: deny, rule: 'ns[curity]-policy[p]-rule[0]'}"
  t.deepEqual(differences(denied, request, deny, { whenNoPolicy: 'allow' }), [])
  const none = '{verdict: allow, reason: no-policy}'
  t.deepEqual(differences(none, '{identity: none, path: /x}', deny, { whenNoPolicy: 'allow' }), [])
})

test('a thousand cases against a hundred policies all have their result', t => {
  const spec = '{rules: [{to: [{operation: {paths: [/a*, /b*, "/c/{*}"]}}]}]}'
  const many = Array.from({ length: 100 }, (_, index) => {
    return policyText(spec, `name: p${index}, namespace: curity`)
  })
  const text = Array.from({ length: 1000 }, (_, index) => caseText(`c${index}`, 'deny'))
  const files = [cases(`cases:\n${text.join('')}`)]
  const { results } = run(policies(many.join('---\n')), files)
  t.is(results.filter(({ differences }) => differences.length === 0).length, 1000)
})
