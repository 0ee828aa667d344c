import test from 'ava'
import * as fc from 'fast-check'
import {
  type Comparison,
  comparePolicies,
  compilePolicies,
  decide,
  type PolicySet,
} from '../../../policy/index.js'
import { policies, policyText } from '../scenario.js'
import { randomPolicies, randomRequest } from './random-policies.js'

const role = { role: 'runtime' }

function side(text: string, different: Partial<PolicySet> = {}): PolicySet {
  return {
    policies: text === '' ? [] : policies(text),
    trustDomain: 'td',
    trustDomainAliases: [],
    rootNamespace: 'istio-system',
    whenNoPolicy: 'deny',
    workloads: [{ namespace: 'curity', labels: role }],
    callers: ['spiffe://td/ns/a/sa/website'],
    ...different,
  }
}

/** Every change as `CALLER +OPERATION`, of the workload that is served. */
function changes({ workloads }: Comparison): readonly string[] {
  return workloads
    .filter(({ workloads: names }) => names.includes('curity role=runtime'))
    .flatMap(({ callers }) => callers)
    .flatMap(({ callers, gained, lost }) => {
      const operations = [
        ...gained.map(({ operation }) => `+${operation}`),
        ...lost.map(({ operation }) => `-${operation}`),
      ]
      return callers.flatMap(caller => operations.map(operation => `${caller} ${operation}`))
    })
}

const rule = (from: string, to: string) =>
  `{from: [{source: {principals: [${from}]}}], to: [{operation: ${to}}]}`

function allow(...rules: readonly string[]): string {
  return policyText(`{rules: [${rules.join(', ')}]}`)
}

test('the same policies are no difference, though their names and their order differ', t => {
  const one = rule('td/ns/a/sa/website', '{paths: [/a]}')
  const two = rule('td/ns/a/sa/batch', '{paths: [/b]}')
  const { workloads, leftOut } = comparePolicies(side(allow(one, two)), side(allow(two, one)))
  t.deepEqual(workloads, [])
  t.deepEqual(leftOut, [])
})

test('a caller that is added gains what its rule says, in the spelling of the policy', t => {
  const old = rule('td/ns/a/sa/website', '{methods: [POST], paths: ["/token*"]}')
  const now = rule('td/ns/a/sa/website, td/ns/b/sa/batch', '{methods: [POST], paths: ["/token*"]}')
  const comparison = comparePolicies(side(allow(old)), side(allow(now)))
  t.deepEqual(changes(comparison), ['spiffe://td/ns/b/sa/batch +POST /token*'])
  t.like(comparison.workloads[0]?.callers[0]?.gained[0], {
    before: { verdict: 'deny', reason: 'no-rule-matched' },
    after: { verdict: 'allow', rule: 'ns[curity]-policy[p]-rule[0]' },
    example: { method: 'POST', peer: { spiffeId: 'spiffe://td/ns/b/sa/batch' } },
  })
})

for (const [what, old, now, expected] of [
  [
    'methods are merged',
    '{methods: [GET, PUT, POST], paths: [/a]}',
    '{methods: [GET], paths: [/a]}',
    '-PUT, POST /a',
  ],
  [
    'a wider pattern is told from a narrow one',
    '{paths: [/a]}',
    '{paths: [/a*]}',
    '+any method /a* (except /a)',
  ],
  ['a template is named', '{paths: [/a]}', '{paths: ["/a/{*}", /a]}', '+any method /a/{*}'],
  ['ports are named', '{ports: ["80"]}', '{ports: ["80", "81"]}', '+everything to port 81'],
  ['hosts are named', '{hosts: [a.b]}', '{hosts: ["a.b", "a.b:*"]}', '+everything on a.b:*'],
  [
    'everything is said so',
    '{methods: ["*"]}',
    '{methods: [NONE]}',
    '-any method except NONE any path',
  ],
] as const) {
  test(`in an operation, ${what}`, t => {
    const who = 'td/ns/a/sa/website'
    const comparison = comparePolicies(side(allow(rule(who, old))), side(allow(rule(who, now))))
    t.deepEqual(changes(comparison), [`spiffe://${who} ${expected}`])
  })
}

test('headers, addresses and server names are said in words', t => {
  const when = (conditions: string) => side(allow(`{when: [${conditions}]}`))
  const tenant = '{key: "request.headers[x-tenant]", values: [acme]}'
  const noTenant = '{key: "request.headers[x-tenant]", notValues: ["*"]}'
  const address = '{key: source.ip, values: [10.0.0.0/8]}'
  const sni = '{key: connection.sni, values: [a.b]}'
  for (const [condition, operation] of [
    [tenant, 'everything with x-tenant: acme'],
    [noTenant, 'everything without x-tenant'],
    [address, 'everything from 10.0.0.0/8'],
    [sni, 'everything by server name a.b'],
  ] as const) {
    const found = changes(comparePolicies(side(allow()), when(condition)))
    t.deepEqual(
      found.filter(text => text.startsWith('spiffe')),
      [`spiffe://td/ns/a/sa/website +${operation}`],
    )
  }
})

test('who is not named is said by the pattern that names them, and so is who has no identity', t => {
  const deny = (source: string) =>
    policyText(`{action: DENY, rules: [{from: [{source: ${source}}]}]}`)
  const open = { whenNoPolicy: 'allow' as const }
  const found = changes(comparePolicies(side('', open), side(deny('{namespaces: [ops]}'), open)))
  t.deepEqual(found, [
    'a certificate that is no X.509-SVID -everything',
    'any other workload of namespace ops -everything',
  ])
  t.deepEqual(changes(comparePolicies(side('', open), side(deny('{notNamespaces: [a]}'), open))), [
    'no certificate -everything',
    'a certificate that is no X.509-SVID -everything',
    'any workload that no rule names -everything',
  ])
})

test('what no policy decides, the trust domain and its aliases count too', t => {
  const text = allow(rule('td/ns/a/sa/website', '{paths: [/a]}'))
  const website = 'spiffe://td/ns/a/sa/website'
  t.true(
    changes(comparePolicies(side(''), side('', { whenNoPolicy: 'allow' }))).includes(
      `${website} +everything`,
    ),
  )
  t.deepEqual(changes(comparePolicies(side(text), side(text, { trustDomainAliases: ['old'] }))), [
    'spiffe://old/ns/a/sa/website +any method /a',
  ])
  t.deepEqual(changes(comparePolicies(side(text), side(text, { trustDomain: 'new' }))), [])
  const local = allow(rule('cluster.local/ns/a/sa/website', '{paths: [/a]}'))
  t.deepEqual(changes(comparePolicies(side(local), side(local, { trustDomain: 'new' }))), [
    'spiffe://new/ns/a/sa/website +any method /a',
    `${website} -any method /a`,
  ])
})

test('a selector that no longer selects the workload is a difference for it', t => {
  const spec = (label: string) =>
    policyText(`{selector: {matchLabels: {role: ${label}}}, action: DENY, rules: [{}]}`)
  const open = { whenNoPolicy: 'allow' as const }
  const comparison = comparePolicies(side(spec('runtime'), open), side(spec('admin'), open))
  t.deepEqual(
    comparison.workloads.map(({ workloads }) => workloads),
    [['curity role=runtime'], ['curity role=admin']],
  )
})

test('a policy of the root namespace counts for every namespace, also one that nothing names', t => {
  const text = policyText('{action: DENY, rules: [{}]}', 'name: p, namespace: istio-system')
  const open = { whenNoPolicy: 'allow' as const }
  const { workloads } = comparePolicies(side('', open), side(text, open))
  t.deepEqual(workloads[0]?.workloads, [
    'curity role=runtime',
    'curity (any other workload)',
    'istio-system (any other workload)',
    'any other namespace',
  ])
})

test('a policy that goes into dry run no longer decides', t => {
  const dry = 'name: p, namespace: curity, annotations: {istio.io/dry-run: "true"}'
  const spec = '{action: DENY, rules: [{to: [{operation: {paths: [/admin]}}]}]}'
  const open = { whenNoPolicy: 'allow' as const }
  const comparison = comparePolicies(
    side(policyText(spec), open),
    side(policyText(spec, dry), open),
  )
  t.true(changes(comparison).includes('spiffe://td/ns/a/sa/website +any method /admin'))
})

test('what the bound leaves out is counted, and every caller is looked at all the same', t => {
  const paths = Array.from({ length: 12 }, (_, index) => `/p${index}`)
  const rules = (suffix: string) =>
    paths.map((path, index) => {
      return rule(`td/ns/a/sa/c${index}`, `{paths: ["${path}${suffix}"], hosts: [h${index}]}`)
    })
  const { leftOut, decided } = comparePolicies(
    side(allow(...rules(''))),
    side(allow(...rules('*'))),
    30,
  )
  t.true(decided <= 30)
  t.regex(leftOut.join('\n'), /^workload curity role=runtime: \d+ combinations of values$/m)
})

test('a workload whose policies are not known is denied, whatever else is said', t => {
  const open = { whenNoPolicy: 'allow' as const }
  const comparison = comparePolicies(side('', open), side('', { ...open, namespaces: ['apps'] }))
  t.deepEqual(
    comparison.workloads.map(({ workloads }) => workloads),
    [
      [
        'curity role=runtime',
        'curity (any other workload)',
        'istio-system (any other workload)',
        'any other namespace',
      ],
    ],
  )
  t.true(changes(comparison).includes('no certificate -everything'))
})

test('with very many namespaces it is said that not all of their combinations are looked at', t => {
  const rules = (count: number) =>
    Array.from({ length: count }, (_, index) => {
      return `{from: [{source: {namespaces: [team${index}]}}], to: [{operation: {paths: [/${index}]}}]}`
    })
  const { workloads, leftOut } = comparePolicies(
    side(allow(...rules(19))),
    side(allow(...rules(20))),
  )
  t.deepEqual(leftOut, [
    'workload curity role=runtime: not every peer that matches several patterns at once',
  ])
  t.deepEqual(workloads[0]?.callers[0]?.callers, ['any other workload of namespace team19'])
})

test('of a header that may come in several lines, what other lines say is told apart', t => {
  const when = (value: string) =>
    side(allow(`{when: [{key: "request.headers[x-tenant]", values: [${value}]}]}`))
  const found = changes(comparePolicies(when('acme'), when('zed')))
  t.deepEqual(
    found.filter(text => text.startsWith('spiffe')),
    [
      'spiffe://td/ns/a/sa/website +everything with x-tenant: zed (except acme)',
      'spiffe://td/ns/a/sa/website -everything with x-tenant: acme (except zed)',
    ],
  )
})

test('when a random request is decided differently, its caller is in the comparison', t => {
  fc.assert(
    fc.property(
      randomPolicies,
      randomPolicies,
      fc.array(randomRequest, { maxLength: 100 }),
      (old, now, requests) => {
        const workload = { namespace: 'curity', labels: { role: 'r', app: 'z' } }
        const callers = requests.flatMap(({ peer }) => (peer.kind === 'svid' ? peer.spiffeId : []))
        const settings = { workloads: [workload], callers, whenNoPolicy: 'allow' as const }
        const [before, after] = [old, now].map(read => side('', { ...settings, policies: read }))
        if (before === undefined || after === undefined) return
        const [left, right] = [before, after].map(each => {
          return compilePolicies(each.policies, { ...each, workload })
        })
        if (left === undefined || right === undefined) return
        const differing = requests.filter(request => {
          return decide(left, request).verdict !== decide(right, request).verdict
        })
        const { workloads } = comparePolicies(before, after)
        const named = new Set(
          workloads
            .filter(({ workloads: names }) => names.includes('curity app=z,role=r'))
            .flatMap(({ callers: changed }) => changed.flatMap(change => change.callers)),
        )
        for (const { peer } of differing) {
          const name = {
            svid: peer.kind === 'svid' ? peer.spiffeId : '',
            absent: 'no certificate',
            invalid: 'a certificate that is no X.509-SVID',
          }[peer.kind]
          t.true(named.has(name), name)
        }
      },
    ),
    { numRuns: 40 },
  )
})
