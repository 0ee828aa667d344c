import test from 'ava'
import fc from 'fast-check'
import { stringify } from 'yaml'
import { lint } from '../../lint/index.js'
import {
  compilePolicies,
  decide,
  describedFacts,
  readAuthorizationPolicies,
} from '../../policy/index.js'

const td = 'cluster.local/ns'
const principals = [`${td}/a/sa/x`, `${td}/a/sa/y`, `${td}/b/sa/x`, `${td}/a/*`, '*/sa/x', '*']
const namespaces = ['a', 'b', 'a*', '*']
const paths = ['/a', '/a/b', '/a*', '*/b', '/{*}/b', '*']
const methods = ['GET', 'POST', 'P*', '*']
const hosts = ['h', 'H', 'h:1', 'h*', '*']
const headers = ['1', '2', '1*', '*']

const some = (values: readonly string[]) =>
  fc.option(fc.uniqueArray(fc.constantFrom(...values), { minLength: 1, maxLength: 2 }), {
    nil: undefined,
    freq: 2,
  })
const source = fc.record({
  principals: some(principals),
  notPrincipals: some(principals),
  namespaces: some(namespaces),
  notNamespaces: some(namespaces),
})
const operation = fc.record({
  paths: some(paths),
  notPaths: some(paths),
  methods: some(methods),
  notMethods: some(methods),
  hosts: some(hosts),
})
const when = fc.record({ values: some(headers), notValues: some(headers) })

const clean = (value: object) =>
  Object.fromEntries(Object.entries(value).filter(([, item]) => item !== undefined))
const isFilled = (value: object) => Object.keys(value).length > 0
const clauses = (arbitrary: fc.Arbitrary<object>, name: string) =>
  fc
    .array(arbitrary.map(clean), { maxLength: 2 })
    .map(items => items.filter(isFilled).map(item => ({ [name]: item })))

const rule = fc
  .record({ from: clauses(source, 'source'), to: clauses(operation, 'operation'), when })
  .map(({ from, to, when }) => ({
    ...(from.length > 0 ? { from } : {}),
    ...(to.length > 0 ? { to } : {}),
    ...(isFilled(clean(when)) ? { when: [{ key: 'request.headers[x]', ...clean(when) }] } : {}),
  }))

const policies = fc
  .array(
    fc.record({
      action: fc.constantFrom('ALLOW', 'DENY'),
      rules: fc.array(rule, { minLength: 1, maxLength: 3 }),
    }),
    { minLength: 1, maxLength: 3 },
  )
  .map(items =>
    items.map(({ action, rules }, index) => ({
      apiVersion: 'security.istio.io/v1',
      kind: 'AuthorizationPolicy',
      metadata: { name: `p${index}`, namespace: 'a' },
      spec: { action, rules },
    })),
  )

const request = fc.record({
  id: fc.constantFrom(undefined, 'a/sa/x', 'a/sa/y', 'b/sa/x', 'ab/sa/z'),
  path: fc.constantFrom('/a', '/a/b', '/c', '/ab', '/c/b'),
  method: fc.constantFrom('GET', 'POST', 'PUT'),
  host: fc.constantFrom('h', 'h:1', 'i'),
  headers: fc.constantFrom({}, { x: ['1'] }, { x: ['1', '2'] }, { x: ['3'] }),
})
type Request = typeof request extends fc.Arbitrary<infer T> ? T : never

const scope = {
  trustDomain: 'cluster.local',
  trustDomainAliases: [],
  rootNamespace: 'istio-system',
  workload: { namespace: 'a', labels: {} },
  whenNoPolicy: 'allow',
} as const

function verdicts(text: string, without: string | undefined, requests: readonly Request[]) {
  const read = readAuthorizationPolicies(text, 'policies.yaml').policies
  const kept = read.map(policy => ({
    ...policy,
    rules: policy.rules.filter(({ name }) => name !== without),
  }))
  const compiled = compilePolicies(kept, scope)
  return requests.map(({ id, ...rest }) => {
    const peer =
      id === undefined
        ? ({ kind: 'absent' } as const)
        : ({ kind: 'svid', spiffeId: `spiffe://${td}/${id}` } as const)
    return decide(compiled, describedFacts(rest, peer)).verdict
  })
}

test('a rule that is said to have no effect has none', t => {
  let flagged = 0
  fc.assert(
    fc.property(
      policies,
      fc.array(request, { minLength: 30, maxLength: 30 }),
      (items, requests) => {
        const text = items.map(item => `---\n${stringify(item)}`).join('')
        const { findings } = lint([{ file: 'policies.yaml', text }])
        const before = verdicts(text, undefined, requests)
        for (const { code, message, place } of findings) {
          if (!['SL1014', 'SL1015', 'SL1016'].includes(code)) continue
          flagged++
          const named = readAuthorizationPolicies(text, 'policies.yaml')
            .policies.flatMap(({ rules }) => rules)
            .find(candidate => candidate.place.line === place.line)
          t.truthy(named, message)
          t.deepEqual(verdicts(text, named?.name, requests), before, message)
        }
      },
    ),
    { numRuns: 300 },
  )
  t.true(flagged > 60, `only ${flagged} rules were said to have no effect`)
})
