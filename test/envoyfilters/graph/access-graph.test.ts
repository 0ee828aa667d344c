import test from 'ava'
import fc from 'fast-check'
import { accessGraph, mermaid } from '../../../envoyfilters/index.js'
import {
  compilePolicies,
  decide,
  describedFacts,
  type PolicySet,
  readAuthorizationPolicies,
} from '../../../policy/index.js'

const server = { namespace: 'curity', labels: { app: 'server' } }
const website = 'spiffe://td/ns/apps/sa/website'
const orders = 'spiffe://td/ns/apps/sa/orders'

/** Policies of the server by what follows `spec:`. */
function policySet(specs: readonly string[], whenNoPolicy: 'allow' | 'deny' = 'deny'): PolicySet {
  const text = specs
    .map(
      (spec, index) => `apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: { name: p${index}, namespace: curity }
spec: ${spec}
`,
    )
    .join('---\n')
  const { policies, diagnostics } = readAuthorizationPolicies(text, 'policies.yaml')
  if (policies.length !== specs.length) throw new Error(JSON.stringify(diagnostics))
  return {
    policies,
    trustDomain: 'td',
    trustDomainAliases: [],
    rootNamespace: 'istio-system',
    whenNoPolicy,
    workloads: [server],
    callers: [website, orders],
  }
}

function edgesOf(specs: readonly string[], whenNoPolicy?: 'allow' | 'deny'): readonly string[] {
  const graph = accessGraph(policySet(specs, whenNoPolicy), 'curity app=server', new Map())
  const names = new Map([...graph.callers, ...graph.workloads].map(({ id, name }) => [id, name]))
  return graph.edges.map(({ caller, workload, action, operation, by }) =>
    [names.get(caller), action, operation, 'of', names.get(workload), 'by', by.rule].join(' '),
  )
}

const allowToken =
  '{ selector: { matchLabels: { app: server } }, rules: [{ from: [{ source: { principals: [td/ns/apps/sa/website] } }], to: [{ operation: { methods: [POST], paths: [/token] } }] }] }'

test('an ALLOW rule is an edge from whom it names, with what it allows', t => {
  t.deepEqual(edgesOf([allowToken]), [
    `${website} ALLOW POST /token of curity app=server by ns[curity]-policy[p0]-rule[0]`,
  ])
})

test('what a DENY rule takes away is an edge of its own, and no part of what is allowed', t => {
  const deny =
    '{ action: DENY, rules: [{ from: [{ source: { notPrincipals: [td/ns/apps/sa/website] } }], to: [{ operation: { paths: [/token] } }] }] }'
  const everybody = '{ rules: [{ to: [{ operation: { paths: [/token, /keys] } }] }] }'
  const edges = edgesOf([everybody, deny]).map(edge => edge.replace(/ of .* by /, ' by '))
  t.true(
    edges.includes(`${website} ALLOW any method /token, /keys by ns[curity]-policy[p0]-rule[0]`),
  )
  t.true(edges.includes(`${orders} ALLOW any method /keys by ns[curity]-policy[p0]-rule[0]`))
  t.true(edges.includes(`${orders} DENY any method /token by ns[curity]-policy[p1]-rule[0]`))
  t.true(edges.includes('anybody else DENY any method /token by ns[curity]-policy[p1]-rule[0]'))
  t.false(edges.some(edge => edge.startsWith(`${website} DENY`)))
})

test('a rule that a DENY rule leaves nothing to has no edge', t => {
  t.deepEqual(
    edgesOf([allowToken, '{ action: DENY, rules: [{}] }']).filter(edge => edge.includes('ALLOW')),
    [],
  )
})

test('a policy in dry run has no edge', t => {
  const set = policySet([allowToken])
  const dryRun = { ...set, policies: set.policies.map(policy => ({ ...policy, dryRun: true })) }
  t.deepEqual(accessGraph(dryRun, 'curity app=server', new Map()).edges, [])
})

test('without any policy everybody may call, when that is set', t => {
  const [edge] = edgesOf([], 'allow')
  t.regex(edge ?? '', /ALLOW everything/)
  t.deepEqual(edgesOf([], 'deny'), [])
})

test('the workload is there even when nobody may call it', t => {
  const { workloads } = accessGraph(policySet([]), 'curity app=server', new Map())
  t.deepEqual(
    workloads.map(({ name }) => name),
    ['curity app=server'],
  )
})

const principal = fc.constantFrom(
  'td/ns/apps/sa/website',
  'td/ns/apps/sa/orders',
  '*',
  'td/ns/apps/*',
)
const path = fc.constantFrom('/token', '/keys', '/t*', '*', '/admin/*')
const clause = fc.record({
  principals: fc.option(fc.array(principal, { minLength: 1, maxLength: 2 }), { nil: undefined }),
  notPrincipals: fc.option(fc.array(principal, { minLength: 1, maxLength: 1 }), { nil: undefined }),
  paths: fc.option(fc.array(path, { minLength: 1, maxLength: 2 }), { nil: undefined }),
})
const policy = fc.tuple(
  fc.constantFrom('ALLOW', 'DENY'),
  fc.array(clause, { minLength: 1, maxLength: 2 }),
)

test('every edge stands for a request that the policies decide so, and nobody is left out', t => {
  fc.assert(
    fc.property(fc.array(policy, { maxLength: 3 }), policies => {
      const set = policySet(
        policies.map(([action, rules]) =>
          JSON.stringify({
            selector: { matchLabels: server.labels },
            action,
            rules: rules.map(({ paths, ...source }) => ({
              ...(source.principals || source.notPrincipals ? { from: [{ source }] } : {}),
              ...(paths ? { to: [{ operation: { paths } }] } : {}),
            })),
          }),
        ),
      )
      const graph = accessGraph(set, 'curity app=server', new Map())
      const target = graph.workloads.find(({ name }) => name === 'curity app=server')
      const compiled = compilePolicies(set.policies, { ...set, workload: server })
      for (const spiffeId of [website, orders]) {
        const caller = graph.callers.find(({ name }) => name === spiffeId)
        const allowed = graph.edges.filter(
          ({ action, caller: id, workload }) =>
            action === 'ALLOW' && id === caller?.id && workload === target?.id,
        )
        const decisions = ['/token', '/keys', '/tea', '/admin/x', '/other'].map(at =>
          decide(compiled, describedFacts({ method: 'GET', path: at }, { kind: 'svid', spiffeId })),
        )
        const rules = new Set(allowed.map(({ by }) => by.rule))
        const deciding = decisions.filter(({ verdict }) => verdict === 'allow')
        for (const { rule } of deciding) if (!rules.has(rule)) return false
        if (allowed.length > 0 && deciding.length === 0) return false
      }
      return true
    }),
    { numRuns: 200 },
  )
  t.pass()
})

test('no character of a label is anything to Mermaid, Markdown or HTML', t => {
  const hostile = 'x"]; click caller1 "https://e" <b>*_`#quot;&|{}[]\n\\'
  const graph = {
    callers: [{ id: 'caller1', name: hostile, roles: [] }],
    workloads: [{ id: 'workload1', name: hostile }],
    edges: [
      {
        caller: 'caller1',
        workload: 'workload1',
        action: 'DENY' as const,
        operation: hostile,
        by: { verdict: 'deny' as const, reason: 'denied-by-rule' as const, rule: hostile },
      },
    ],
    leftOut: [],
  }
  const lines = mermaid(graph).split('\n')
  t.is(lines.length, 6)
  t.regex(lines[1] ?? '', /^ {2}caller1\["[A-Za-z0-9 /,=()#;-]+"\]$/)
  t.regex(lines[2] ?? '', /^ {2}workload1\[\["[A-Za-z0-9 /,=()#;-]+"\]\]$/)
  t.regex(
    lines[3] ?? '',
    /^ {2}caller1 --x\|"[A-Za-z0-9 /,=()#;-]+(<br\/>)[A-Za-z0-9 /,=()#;-]+"\| workload1$/,
  )
  t.is(lines[4], '  linkStyle 0 stroke:#c0392b,stroke-dasharray:4')
  const text = /\["(.*)"\]$/.exec(lines[1] ?? '')?.[1] ?? ''
  t.is(
    text.replace(/#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code))),
    hostile,
  )
})
