import test from 'ava'
import { percentOf } from '../../../policy/index.js'
import { policies, policyText } from '../scenario.js'
import { cases, caseText, run } from './case-text.js'

/** The coverage of one ALLOW policy with one rule by requests in YAML's flow style. */
function coverageOf(rule: string, requests: readonly string[], spec = `{rules: [${rule}]}`) {
  const text = requests.map((request, index) => caseText(`c${index}`, 'deny', `{${request}}`))
  return run(policies(policyText(spec)), [cases(`cases:\n${text.join('')}`)]).coverage
}

/** A rule with one condition, its field, a request in which it holds and one in which not. */
const conditions: readonly (readonly [
  field: string,
  rule: string,
  holds: string,
  fails: string,
])[] = [
  ...(
    [
      ['principals', 'td/ns/a/sa/b'],
      ['namespaces', 'a'],
      ['serviceAccounts', 'a/b'],
      ['trustDomains', 'td'],
    ] as const
  ).map(([key, value]) => {
    return [
      `from[0].source.${key}`,
      `{from: [{source: {${key}: [${value}]}}]}`,
      'identity: spiffe://td/ns/a/sa/b, path: /',
      'identity: none, path: /',
    ] as const
  }),
  [
    'from[0].source.ipBlocks',
    '{from: [{source: {ipBlocks: [10.0.0.0/8]}}]}',
    'identity: none, path: /, sourceIp: 10.1.1.1',
    'identity: none, path: /, sourceIp: 192.0.2.1',
  ],
  [
    'from[0].source.remoteIpBlocks',
    '{from: [{source: {remoteIpBlocks: [192.0.2.0/24]}}]}',
    'identity: none, path: /, headers: {x-forwarded-for: 192.0.2.1}, sourceIp: 10.1.1.1',
    'identity: none, path: /, sourceIp: 10.1.1.1',
  ],
  [
    'to[0].operation.hosts',
    '{to: [{operation: {hosts: [a.example]}}]}',
    'identity: none, path: /, host: A.example',
    'identity: none, path: /, host: b.example',
  ],
  [
    'to[0].operation.methods',
    '{to: [{operation: {methods: [POST]}}]}',
    'identity: none, path: /, method: POST',
    'identity: none, path: /',
  ],
  [
    'to[0].operation.paths',
    '{to: [{operation: {paths: ["/a/{*}"]}}]}',
    'identity: none, path: /a/b?c',
    'identity: none, path: /a',
  ],
  [
    'to[0].operation.ports',
    '{to: [{operation: {ports: ["8443"]}}]}',
    'identity: none, path: /, port: 8443',
    'identity: none, path: /, port: 8444',
  ],
  [
    'when[0].values',
    '{when: [{key: "request.headers[X-A]", values: [b]}]}',
    'identity: none, path: /, headers: {x-a: [a, b]}',
    'identity: none, path: /',
  ],
  [
    'when[0].values',
    '{when: [{key: connection.sni, values: ["*.example"]}]}',
    'identity: none, path: /, sni: a.example',
    'identity: none, path: /',
  ],
  [
    'when[0].values',
    '{when: [{key: destination.ip, values: [10.0.0.1]}]}',
    'identity: none, path: /, destinationIp: 10.0.0.1',
    'identity: none, path: /, destinationIp: 10.0.0.2',
  ],
  [
    'when[0].notValues',
    '{when: [{key: source.principal, notValues: [td/ns/a/sa/b]}]}',
    'identity: none, path: /',
    'identity: spiffe://td/ns/a/sa/b, path: /',
  ],
]

for (const [field, rule, holds, fails] of conditions) {
  test(`${rule} is covered when it was seen to hold and seen not to`, t => {
    const missing = (...requests: string[]) => {
      const { details, fields, rules } = coverageOf(rule, requests)
      t.is(fields.total, 1)
      t.is(rules.covered, requests.includes(holds) ? 1 : 0)
      t.is(details[0]?.fields[0]?.field, field)
      t.is(fields.covered, details[0]?.fields[0]?.missing.length === 0 ? 1 : 0)
      return details[0]?.fields[0]?.missing
    }
    t.deepEqual(missing(holds, fails), [])
    t.deepEqual(missing(holds), ['fails'])
    t.deepEqual(missing(fails, fails), ['holds'])
  })
}

test('a case that cannot decide a field shows neither side of it', t => {
  const rule = '{from: [{source: {notPrincipals: [td/x], ipBlocks: [10.0.0.1]}}]}'
  const { details } = coverageOf(rule, ['identity: invalid, path: /'])
  t.deepEqual(
    details[0]?.fields.map(({ held, failed, missing }) => [held, failed, missing]),
    [
      [0, 0, ['holds', 'fails']],
      [0, 0, ['holds', 'fails']],
    ],
  )
})

test('a field is looked at by itself, whatever stands beside it', t => {
  const rule = '{to: [{operation: {methods: [POST], paths: [/a]}}]}'
  const requests = ['identity: none, path: /a', 'identity: none, path: /b, method: POST']
  const { rules, fields } = coverageOf(rule, requests)
  t.deepEqual(rules, { covered: 0, total: 1 })
  t.deepEqual(fields, { covered: 2, total: 2 })
})

for (const [what, rule, side] of [
  ['any method', '{to: [{operation: {methods: ["*"]}}]}', 'identity: none, path: /'],
  ['any path', '{to: [{operation: {paths: [/x, "*"]}}]}', 'identity: none, path: /'],
  ['any host', '{to: [{operation: {hosts: ["*"]}}]}', 'identity: none, path: /'],
  ['no host at all', '{to: [{operation: {notHosts: ["*"]}}]}', 'identity: none, path: /'],
  [
    'any :authority',
    '{when: [{key: "request.headers[Host]", values: ["*"]}]}',
    'identity: none, path: /',
  ],
] as const) {
  test(`of ${what} only the one side that there can be is asked for`, t => {
    t.deepEqual(coverageOf(rule, [side]).fields, { covered: 1, total: 1 })
  })
}

test('any header and any identity have two sides: both may be absent', t => {
  const rule =
    '{from: [{source: {principals: ["*"]}}], when: [{key: "request.headers[a]", values: ["*"]}]}'
  t.deepEqual(coverageOf(rule, ['identity: none, path: /']).fields, { covered: 0, total: 2 })
  const both = ['identity: none, path: /', 'identity: spiffe://td/x, path: /, headers: {a: ""}']
  t.deepEqual(coverageOf(rule, both).fields, { covered: 2, total: 2 })
})

test('rules of every action count, those in dry run too', t => {
  const text = [
    policyText(
      '{action: DENY, rules: [{to: [{operation: {paths: [/a]}}]}]}',
      'name: d, namespace: curity',
    ),
    policyText('{action: AUDIT, rules: [{}]}', 'name: a, namespace: curity'),
    policyText(
      '{rules: [{}]}',
      'name: r, namespace: curity, annotations: {istio.io/dry-run: "true"}',
    ),
  ].join('---\n')
  const { coverage } = run(policies(text), [cases(`cases:\n${caseText('n', 'deny')}`)])
  t.deepEqual(
    coverage.details.map(({ rule, action, asked, matched }) => [rule, action, asked, matched]),
    [
      ['ns[curity]-policy[d]-rule[0]', 'DENY', 1, 0],
      ['ns[curity]-policy[a]-rule[0]', 'AUDIT', 1, 1],
      ['ns[curity]-policy[r]-rule[0]', 'ALLOW', 1, 1],
    ],
  )
})

test('a policy that no case comes near counts as not covered', t => {
  const text = policyText(
    '{rules: [{to: [{operation: {paths: [/a]}}]}]}',
    'name: p, namespace: other',
  )
  const { coverage } = run(policies(text), [cases(`cases:\n${caseText('n', 'deny')}`)])
  t.deepEqual(coverage.rules, { covered: 0, total: 1 })
  t.deepEqual(coverage.fields, { covered: 0, total: 1 })
  t.like(coverage.details[0], { asked: 0, matched: 0, fields: [{ missing: ['holds', 'fails'] }] })
})

test('a field is found again after its trust domains were written out', t => {
  const rule = '{from: [{source: {principals: [cluster.local/ns/a/sa/b]}}]}'
  const requests = ['identity: spiffe://td/ns/a/sa/b, path: /', 'identity: none, path: /']
  t.deepEqual(coverageOf(rule, requests).fields, { covered: 1, total: 1 })
})

test('a percentage is rounded down, so that 100 is all; of nothing, all is covered', t => {
  t.is(percentOf({ covered: 1999, total: 2000 }), 99.9)
  t.is(percentOf({ covered: 2, total: 3 }), 66.6)
  t.is(percentOf({ covered: 3, total: 3 }), 100)
  t.is(percentOf({ covered: 0, total: 0 }), 100)
})
