import * as fc from 'fast-check'
import {
  type AuthorizationPolicy,
  describedFacts,
  type Facts,
  type Peer,
  readAuthorizationPolicies,
} from '../../../policy/index.js'

/** Patterns that overlap in many ways, by the field of an AuthorizationPolicy. */
const source = {
  principals: [
    'td/ns/a/sa/x',
    'td/ns/a/sa/y',
    'td/ns/a/*',
    'td/ns/a*',
    '*/sa/x',
    '*',
    'old/ns/a/sa/x',
    'td/ns/b/sa/x',
    'cluster.local/ns/a/sa/x',
  ],
  namespaces: ['a', 'b', 'a*', '*b', 'a*b'],
  trustDomains: ['td', 'old', 't*', '*d', '*'],
  ipBlocks: ['10.0.0.0/8', '10.1.0.0/16', '10.1.2.3', '2001:db8::/32', '0.0.0.0/0'],
  remoteIpBlocks: ['192.0.2.0/24', '192.0.2.7', '10.0.0.0/8'],
}
const operation = {
  methods: ['GET', 'POST', 'P*', '*T', '*'],
  paths: [
    '/a',
    '/a/*',
    '/a*',
    '*/b',
    '*/',
    '/a/{*}',
    '/a/{*}/b',
    '/{**}/b',
    '/a/{**}',
    '/{*}',
    '*',
    '/a/b',
  ],
  hosts: ['h', 'h:*', '*.com', 'a.com', '*'],
  ports: ['80', '8443'],
}
const keys = {
  'request.headers[x-t]': ['acme', 'zed', 'a*', '*d', '*'],
  'request.headers[x-u]': ['1', '*'],
  'request.headers[:path]': ['/a?q', '/a*', '*q'],
  'request.headers[host]': ['H', 'a.com', '*'],
  'connection.sni': ['h', '*.com', '*'],
  'destination.ip': ['10.0.0.0/8', '192.0.2.1'],
  'source.principal': ['td/ns/a/sa/x', 'td/*'],
  'source.serviceAccount': ['a/x', 'x', 'b/y'],
  'source.trustDomain': ['td', 'td/ns/a', 'o*'],
}

function some(values: readonly string[]): fc.Arbitrary<string[]> {
  return fc.uniqueArray(fc.constantFrom(...values), { minLength: 1, maxLength: 2 })
}

function clause(fields: Readonly<Record<string, readonly string[]>>) {
  const field = fc
    .tuple(fc.constantFrom(...Object.keys(fields)), fc.boolean())
    .chain(([name, negated]) => {
      const spelled = negated ? `not${name[0]?.toUpperCase()}${name.slice(1)}` : name
      return some(fields[name] ?? []).map(values => [spelled, values] as const)
    })
  return fc
    .array(field, { minLength: 1, maxLength: 2 })
    .map(pairs => Object.fromEntries(pairs) as Record<string, string[]>)
}

const condition = fc.constantFrom(...Object.entries(keys)).chain(([key, values]) => {
  return fc.record({ key: fc.constant(key), list: some(values), negated: fc.boolean() })
})

const rule = fc.record({
  from: fc.array(clause(source), { maxLength: 2 }),
  to: fc.array(clause(operation), { maxLength: 2 }),
  when: fc.array(condition, { maxLength: 2 }),
})

const labels = fc.constantFrom(undefined, { role: 'r' }, { app: 'z' }, { role: 's' })

const policy = fc.record({
  action: fc.constantFrom('ALLOW', 'ALLOW', 'DENY', 'AUDIT'),
  namespace: fc.constantFrom('curity', 'curity', 'istio-system', 'apps'),
  dryRun: fc.constantFrom(false, false, false, true),
  labels,
  rules: fc.array(rule, { minLength: 1, maxLength: 2 }),
})

/** A few policies that Istio takes, as a person might write them. */
export const randomPolicies: fc.Arbitrary<readonly AuthorizationPolicy[]> = fc
  .array(policy, { maxLength: 3 })
  .map(policies => {
    const documents = policies.map(({ action, namespace, dryRun, labels, rules }, index) => ({
      apiVersion: 'security.istio.io/v1',
      kind: 'AuthorizationPolicy',
      metadata: {
        name: `p${index}`,
        namespace,
        ...(dryRun && action !== 'AUDIT' ? { annotations: { 'istio.io/dry-run': 'true' } } : {}),
      },
      spec: {
        action,
        ...(labels === undefined ? {} : { selector: { matchLabels: labels } }),
        rules: rules.map(({ from, to, when }) => ({
          from: from.map(each => ({ source: each })),
          to: to.map(each => ({ operation: each })),
          when: when.map(({ key, list, negated }) => {
            return negated ? { key, notValues: list } : { key, values: list }
          }),
        })),
      },
    }))
    const text = documents.map(document => JSON.stringify(document)).join('\n---\n')
    if (text === '') return []
    const { policies: read, diagnostics } = readAuthorizationPolicies(text, 'random.yaml')
    const errors = diagnostics.filter(({ severity }) => severity === 'error')
    if (errors.length > 0) throw new Error(JSON.stringify(errors))
    return read
  })

const segment = fc.constantFrom('a', 'b', 'ab', 'x', 'ns', 'sa', '', '"', '%2f', 'aa')
const path = fc
  .tuple(fc.array(segment, { minLength: 1, maxLength: 4 }), fc.constantFrom('', '', '?q', '?'))
  .map(([segments, query]) => `/${segments.join('/')}${query}`)

const identity = fc
  .tuple(
    fc.constantFrom('td', 'old', 'other', 'ted', 'xd'),
    fc.oneof(
      fc
        .tuple(fc.constantFrom('a', 'b', 'ab', 'aa', 'axb', 'c'), fc.constantFrom('x', 'y', 'xx'))
        .map(([namespace, account]) => `/ns/${namespace}/sa/${account}`),
      fc
        .array(fc.constantFrom('ns', 'sa', 'a', 'b', 'x', 'y', 'ab'), {
          minLength: 1,
          maxLength: 7,
        })
        .map(parts => `/${parts.join('/')}`),
    ),
  )
  .map(([trustDomain, rest]) => `spiffe://${trustDomain}${rest}`)

const peer: fc.Arbitrary<Peer> = fc.oneof(
  { arbitrary: identity.map(spiffeId => ({ kind: 'svid' as const, spiffeId })), weight: 6 },
  { arbitrary: fc.constant({ kind: 'absent' as const }), weight: 1 },
  { arbitrary: fc.constant({ kind: 'invalid' as const, reason: 'broken' }), weight: 1 },
)

const lines = fc.array(fc.constantFrom('acme', 'zed', 'a', 'd', '', 'ad', '1', 'other'), {
  maxLength: 3,
})
const address = fc.constantFrom(
  undefined,
  '10.0.0.1',
  '10.1.2.3',
  '10.1.0.0',
  '192.0.2.1',
  '192.0.2.7',
  '8.8.8.8',
  '2001:db8::5',
  '::1',
)

/** Requests that the patterns of {@link randomPolicies} tell apart in many ways. */
export const randomRequest: fc.Arbitrary<Facts> = fc
  .record({
    peer,
    path,
    method: fc.constantFrom('GET', 'POST', 'PUT', 'P', 'T', 'PT', 'get', 'DELETE'),
    host: fc.constantFrom('h', 'H', 'h:80', 'a.com', 'A.com', 'x.COM', '', 'other'),
    port: fc.constantFrom(undefined, 80, 8443, 1),
    tenants: lines,
    units: lines,
    sourceIp: address,
    remoteIp: address,
    destinationIp: address,
    sni: fc.constantFrom(undefined, 'h', 'a.com', 'other'),
  })
  .map(({ peer, port, tenants, units, remoteIp, ...request }) => {
    const headers = {
      ...(tenants.length === 0 ? {} : { 'x-t': tenants }),
      ...(units.length === 0 ? {} : { 'x-u': units }),
    }
    const facts = describedFacts({ ...request, destinationPort: port, headers }, peer)
    return { ...facts, remoteIp }
  })
