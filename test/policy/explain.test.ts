import test from 'ava'
import fc from 'fast-check'
import { compilePolicies, decide, explain, type Facts } from '../../policy/index.js'
import { compiled, from, policies, policyText, request } from './scenario.js'

/** One policy's explanation: what stood against each rule. */
function against(spec: string, facts: Facts) {
  return explain(compiled(policyText(spec)), facts).rules.map(({ mismatches }) => mismatches)
}

test('each rule says what stood against it: a condition of every source, operation and when', t => {
  const spec = `{rules: [
    {from: [{source: {namespaces: [applications], principals: [td/x, "y*"]}}, {source: {ipBlocks: [11.0.0.0/8]}}],
     to: [{operation: {paths: [/token], methods: [POST]}}],
     when: [{key: "request.headers[X-Tenant]", values: [acme]}, {key: connection.sni, notValues: [a]}]},
    {to: [{operation: {methods: [PUT]}}, {operation: {methods: [GET]}}]}]}`
  t.deepEqual(against(spec, request()), [
    [
      {
        field: 'from[0].source.principals',
        wanted: 'one of "td/x", "y*"',
        seen: 'spiffe://td/ns/applications/sa/client-a',
      },
      { field: 'from[1].source.ipBlocks', wanted: '"11.0.0.0/8"', seen: '10.0.0.1' },
      { field: 'to[0].operation.paths', wanted: '"/token"', seen: '"/"' },
      { field: 'when[0].values', wanted: '"acme"', seen: 'no such header' },
    ],
    [],
  ])
})

const seen: readonly (readonly [rule: string, facts: Facts, seen: string])[] = [
  ['from: [{source: {principals: [x]}}]', from(undefined), 'no certificate'],
  [
    'from: [{source: {notPrincipals: [x]}}]',
    from(new Error('it has two URI SANs')),
    'a certificate that is no X.509-SVID (it has two URI SANs), which does not decide it',
  ],
  [
    'from: [{source: {ipBlocks: [1.2.3.4]}}]',
    request({ sourceIp: undefined }),
    'no address, which does not decide it',
  ],
  ['from: [{source: {remoteIpBlocks: [1.2.3.4]}}]', request(), '192.0.2.1'],
  ['to: [{operation: {ports: ["80"]}}]', request(), '8443'],
  ['to: [{operation: {hosts: [x]}}]', request({ host: 'a\xffb' }), '"a\\xffb"'],
  ['to: [{operation: {paths: [/x]}}]', request({ path: '/\xc3\xa4' }), '"/\u00e4"'],
  ['to: [{operation: {methods: [x]}}]', request(), '"GET"'],
  ['when: [{key: connection.sni, values: [x]}]', request(), 'no server name'],
  ['when: [{key: destination.ip, values: [::1]}]', request(), '10.0.0.2'],
  [
    'when: [{key: "request.headers[x-a]", values: [x]}]',
    request({ headers: { 'x-a': ['y', 'z"'] } }),
    '"y", "z\\""',
  ],
  [
    'when: [{key: "request.headers[x-a]", values: [x]}]',
    request({ headers: { 'x-a': ['y,x'] }, headersJoined: true }),
    '"y,x", which does not decide it',
  ],
  [
    'when: [{key: "request.headers[Authorization]", values: [x]}]',
    request({ headers: { authorization: ['Bearer secret'] } }),
    'a value that is not shown',
  ],
  ['when: [{key: "request.headers[host]", values: [x]}]', request(), '"login.example.com"'],
]

for (const [rule, facts, expected] of seen) {
  test(`against {${rule}} stands ${expected}`, t => {
    t.is(against(`{rules: [{${rule}}]}`, facts)[0]?.[0]?.seen, expected)
  })
}

const wanted: readonly (readonly [rule: string, wanted: string])[] = [
  ['to: [{operation: {notMethods: [GET]}}]', 'not "GET"'],
  ['to: [{operation: {notMethods: [GET, "P*"]}}]', 'not "GET", not "P*"'],
  ['to: [{operation: {paths: ["/{*}/x", "*y"]}}]', 'one of "/{*}/x", "*y"'],
  ['from: [{source: {serviceAccounts: [web]}}]', '"curity/web"'],
  ['from: [{source: {namespaces: ["x*"]}}]', '"x*"'],
  ['from: [{source: {trustDomains: ["x*"]}}]', '"x*"'],
]

for (const [rule, expected] of wanted) {
  test(`{${rule}} wants ${expected}`, t => {
    t.is(against(`{rules: [{${rule}}]}`, request())[0]?.[0]?.wanted, expected)
  })
}

test('a DENY rule tells what it took for met because nothing decides it', t => {
  const text = policyText('{action: DENY, rules: [{from: [{source: {principals: [x]}}]}]}')
  const { decision, rules } = explain(compiled(text), from(new Error('bad')))
  t.is(decision.verdict, 'deny')
  t.deepEqual(rules, [
    {
      rule: 'ns[curity]-policy[p]-rule[0]',
      action: 'DENY',
      dryRun: false,
      matched: true,
      mismatches: [],
      undecided: [
        {
          field: 'from[0].source.principals',
          wanted: '"x"',
          seen: 'a certificate that is no X.509-SVID (bad), which does not decide it',
        },
      ],
    },
  ])
})

test('rules of policies in dry run are explained too, and marked', t => {
  const text = policyText(
    '{rules: [{}]}',
    'name: p, namespace: curity, annotations: {istio.io/dry-run: "true"}',
  )
  t.like(explain(compiled(text), request()).rules, { 0: { dryRun: true, matched: true } })
})

const condition = fc.constantFrom(
  'from: [{source: {principals: ["*/a"]}}]',
  'from: [{source: {notPrincipals: ["*/a"]}}, {source: {namespaces: [a]}}]',
  'to: [{operation: {methods: [GET]}}]',
  'to: [{operation: {notPaths: [/a]}}, {operation: {methods: [PUT]}}]',
  'when: [{key: "request.headers[x]", values: [a]}]',
  'when: [{key: "request.headers[x]", notValues: [a]}]',
)
const rule = fc.uniqueArray(condition, { maxLength: 3, selector: text => text.slice(0, 3) })
const policy = fc.record({
  action: fc.constantFrom('ALLOW', 'DENY', 'AUDIT'),
  dryRun: fc.boolean(),
  namespace: fc.constantFrom('curity', 'istio-system', 'other'),
  rules: fc.array(rule, { minLength: 1, maxLength: 3 }),
})
const facts = fc
  .record({
    peer: fc.constantFrom<Facts['peer']>(
      { kind: 'absent' },
      { kind: 'invalid', reason: 'bad' },
      { kind: 'svid', spiffeId: 'spiffe://td/ns/a/sa/a' },
      { kind: 'svid', spiffeId: 'spiffe://td/ns/b/sa/b' },
    ),
    method: fc.constantFrom('GET', 'PUT'),
    path: fc.constantFrom('/a', '/b'),
    headersJoined: fc.boolean(),
    headers: fc.constantFrom<Record<string, string[]>>({}, { x: ['a'] }, { x: ['a,b'] }),
  })
  .map(request)
const whenNoPolicy = fc.constantFrom('allow' as const, 'deny' as const)

test('neither the order of policies nor explaining changes a decision', t => {
  fc.assert(
    fc.property(
      fc.array(policy, { maxLength: 5 }),
      facts,
      whenNoPolicy,
      fc.infiniteStream(fc.nat()),
      (list, seenFacts, fallback, random) => {
        const texts = list.map(({ action, dryRun, namespace, rules }, index) => {
          const annotation =
            dryRun && action !== 'AUDIT' ? ', annotations: {istio.io/dry-run: "true"}' : ''
          return policyText(
            `{action: ${action}, rules: [${rules.map(parts => `{${parts.join(', ')}}`).join(', ')}]}`,
            `name: p${index}, namespace: ${namespace}${annotation}`,
          )
        })
        const read = texts.flatMap(policies)
        const keyed = read.map(item => [random.next().value, item] as const)
        const shuffled = keyed.sort(([left], [right]) => left - right).map(([, item]) => item)
        const [straight, other] = [read, shuffled].map(order => {
          return compilePolicies(order, {
            workload: { namespace: 'curity', labels: {} },
            rootNamespace: 'istio-system',
            trustDomain: 'td',
            trustDomainAliases: [],
            whenNoPolicy: fallback,
          })
        })
        if (straight === undefined || other === undefined) throw new Error('not compiled')
        const decision = decide(straight, seenFacts)
        t.deepEqual(decide(other, seenFacts), decision)
        const { decision: again, rules } = explain(straight, seenFacts)
        t.deepEqual(again, decision)
        const matching = rules.filter(({ matched }) => matched)
        t.true(rules.every(({ matched, mismatches }) => matched === (mismatches.length === 0)))
        t.deepEqual(
          matching.filter(({ action }) => action === 'AUDIT').map(item => item.rule),
          decision.audited,
        )
        const enforced = matching.filter(({ dryRun }) => !dryRun)
        const first = (action: string) => enforced.find(item => item.action === action)?.rule
        t.is(decision.rule, first('DENY') ?? first('ALLOW'))
        t.is(first('DENY') === undefined || decision.verdict === 'deny', true)
      },
    ),
    { numRuns: 300 },
  )
})
