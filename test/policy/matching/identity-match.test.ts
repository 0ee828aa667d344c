import test, { type ExecutionContext } from 'ava'
import { decide } from '../../../policy/index.js'
import { allows, compiled, denies, from, policyText } from '../scenario.js'

const clientA = 'spiffe://td/ns/applications/sa/client-a'

/** A source with one field, against peers: the ones it matches and the ones it does not. */
function source(t: ExecutionContext, field: string, yes: string[], no: string[]) {
  const rule = `{from: [{source: {${field}}}]}`
  const negated = rule.replace(field, `not${field.charAt(0).toUpperCase()}${field.slice(1)}`)
  for (const [peers, expected] of [[yes, true] as const, [no, false] as const]) {
    for (const peer of peers) {
      t.is(allows(rule, from(peer)), expected, `${field} ${peer}`)
      t.is(denies(rule, from(peer)), expected, `${field} ${peer}`)
      t.is(allows(negated, from(peer)), !expected, `not ${field} ${peer}`)
      t.is(denies(negated, from(peer)), !expected, `not ${field} ${peer}`)
    }
  }
  t.false(allows(rule, from(undefined)), `${field} without a certificate`)
  t.true(allows(negated, from(undefined)), `not ${field} without a certificate`)
  t.true(denies(negated, from(undefined)), `not ${field} without a certificate`)
}

test('principals are compared with the SPIFFE ID without its scheme', t => {
  source(
    t,
    'principals: [td/ns/applications/sa/client-a]',
    [clientA],
    [
      `${clientA}x`,
      'spiffe://td/ns/applications/sa/client-A',
      'spiffe://other/ns/applications/sa/client-a',
      'spiffe://td/ns/applications/sa/client-a/x',
    ],
  )
  source(t, 'principals: ["spiffe://td/ns/applications/sa/client-a"]', [], [clientA])
})

test('principals have a wildcard at one end, and only there', t => {
  source(t, 'principals: ["td/ns/applications/*"]', [clientA], ['spiffe://td/ns/app/sa/client-a'])
  source(t, 'principals: ["*/client-a"]', [clientA, 'spiffe://x/client-a'], [`${clientA}a`])
  source(t, 'principals: ["*"]', [clientA, 'spiffe://td'], [])
  source(t, 'principals: ["td/*/sa/client-a"]', [], [clientA])
  source(t, 'principals: ["*client*"]', [], [clientA])
  source(t, 'principals: ["*//td/ns/applications/sa/client-a"]', [], [clientA])
})

test('namespaces match in any trust domain, wildcards anywhere and over slashes', t => {
  source(
    t,
    'namespaces: [applications]',
    [clientA, 'spiffe://x/y/ns/applications/z'],
    [
      'spiffe://td/ns/applications',
      'spiffe://td/ns/applications2/sa/a',
      'spiffe://td/xns/applications/sa/a',
    ],
  )
  source(t, 'namespaces: ["app*"]', [clientA, 'spiffe://td/ns/app/sa/a'], ['spiffe://td/ns/ap/x/y'])
  source(t, 'namespaces: ["a*s"]', [clientA, 'spiffe://td/ns/a/b/s/sa/x'], ['spiffe://td/ns/a/x'])
  source(t, 'namespaces: ["*"]', [clientA], ['spiffe://td/ns/x', 'spiffe://td'])
  source(t, 'namespaces: ["app.ications"]', [], [clientA])
})

test('service accounts match in any trust domain, with segments before and after', t => {
  const yes = [
    clientA,
    'spiffe://x/ns/applications/sa/client-a',
    'spiffe://td/ns/applications/sa/client-a/extra/x',
    'spiffe://td/ns/applications/k/v/sa/client-a',
    'spiffe://td/x/ns/applications/sa/client-a',
    'spiffe://td/ns/applications/ns/applications/sa/client-a',
  ]
  const no = [
    `${clientA}b`,
    'spiffe://td/ns/applicationsx/sa/client-a',
    'spiffe://td/ns/applications/xsa/client-a',
    'spiffe://td/ns/applications/sa/sa/client',
    'spiffe://td/sa/client-a/ns/applications/x',
  ]
  source(t, 'serviceAccounts: [applications/client-a]', yes, no)
})

test('a service account without a namespace is one of the policy, in the root namespace too', t => {
  const rule = '{rules: [{from: [{source: {serviceAccounts: [a]}}]}]}'
  const root = compiled(policyText(rule, 'name: p, namespace: istio-system'))
  t.is(decide(root, from('spiffe://td/ns/istio-system/sa/a')).verdict, 'allow')
  t.is(decide(root, from('spiffe://td/ns/curity/sa/a')).verdict, 'deny')
})

test('trust domains are whole names or have a wildcard at one end', t => {
  source(t, 'trustDomains: [td]', [clientA], ['spiffe://tdx/a', 'spiffe://td', 'spiffe://x/td/a'])
  source(t, 'trustDomains: ["t*"]', [clientA, 'spiffe://t/a'], ['spiffe://x/t', 'spiffe://t'])
  source(t, 'trustDomains: ["*d"]', [clientA, 'spiffe://d/a'], ['spiffe://x/d/a', 'spiffe://dx/a'])
  source(t, 'trustDomains: ["*"]', [clientA, 'spiffe://td'], [])
  const withSlash = '{when: [{key: source.trustDomain, values: [VALUE]}]}'
  t.true(allows(withSlash.replace('VALUE', 'td/ns'), from(clientA)))
  t.true(allows(withSlash.replace('VALUE', '"*d/ns"'), from(clientA)))
  t.true(allows(withSlash.replace('VALUE', '"td/n*"'), from(clientA)))
  t.false(allows(withSlash.replace('VALUE', '"*/ns"'), from('spiffe://td/x/ns/y')))
})

test('the keys of conditions for identities are those of sources', t => {
  const when = (key: string, value: string) => `{when: [{key: ${key}, values: [${value}]}]}`
  for (const rule of [
    when('source.principal', 'td/ns/applications/sa/client-a'),
    when('source.namespace', 'applications'),
    when('source.serviceAccount', 'applications/client-a'),
    when('source.trustDomain', 'td'),
  ]) {
    t.true(allows(rule, from(clientA)), rule)
    t.false(allows(rule, from('spiffe://x/ns/y/sa/z')), rule)
    t.false(allows(rule, from(undefined)), rule)
  }
})
