import test from 'ava'
import {
  type Condition,
  expandTrustDomains,
  policiesFor,
  type StringPattern,
  stringPatternText,
} from '../../policy/index.js'
import { policies, policyText } from './scenario.js'

/** What a value of a field becomes. */
function expanded(
  field: string,
  value: string,
  trustDomain: string,
  trustDomainAliases: readonly string[] = [],
): readonly string[] {
  const rule = field.includes('.')
    ? `{when: [{key: ${field}, values: ["${value}"]}]}`
    : `{from: [{source: {${field}: ["${value}"]}}]}`
  const [policy] = policies(policyText(`{rules: [${rule}]}`))
  if (policy === undefined) throw new Error('no policy')
  const [{ from, when } = { from: [], when: [] }] = expandTrustDomains(policy, {
    trustDomain,
    trustDomainAliases,
  }).rules
  const [condition] = [...from.flat(), ...when] as Condition[]
  return (condition?.patterns ?? []).map(pattern => stringPatternText(pattern as StringPattern))
}

const path = 'ns/a/sa/b'

test('a principal in the local trust domain or an alias stands for all of them', t => {
  for (const field of ['principals', 'notPrincipals', 'source.principal']) {
    for (const name of ['td', 'old', 'older']) {
      t.deepEqual(expanded(field, `${name}/${path}`, 'td', ['old', 'older']), [
        `td/${path}`,
        `old/${path}`,
        `older/${path}`,
      ])
    }
    t.deepEqual(expanded(field, `unknown/${path}`, 'td', ['old']), [`unknown/${path}`])
  }
})

test('cluster.local points to the local trust domain, and is a name only where it is one', t => {
  t.deepEqual(expanded('principals', `cluster.local/${path}`, 'td'), [`td/${path}`])
  t.deepEqual(expanded('principals', `cluster.local/${path}`, 'td', ['cluster.local']), [
    `td/${path}`,
    `cluster.local/${path}`,
  ])
})

test('only principals of five parts with a trust domain of their own are written out', t => {
  const aliases = ['old']
  t.deepEqual(expanded('principals', 'td/ns/a/*', 'td', aliases), ['td/ns/a/*'])
  t.deepEqual(expanded('principals', 'td/ns/a/sa/*', 'td', aliases), [
    'td/ns/a/sa/*',
    'old/ns/a/sa/*',
  ])
  t.deepEqual(expanded('principals', `td/${path}/c`, 'td', aliases), [`td/${path}/c`])
  t.deepEqual(expanded('principals', `*/${path}`, 'td', aliases), [`*/${path}`])
  t.deepEqual(expanded('principals', '*', 'td', aliases), ['*'])
  t.deepEqual(expanded('principals', `/${path}`, 'td', aliases), [`/${path}`])
})

test('a trust domain that ends a wildcard stays for those it covers', t => {
  t.deepEqual(expanded('principals', `*-td/${path}`, 'new-td', ['old-td', 'other']), [
    `*-td/${path}`,
    `other/${path}`,
  ])
  t.deepEqual(expanded('principals', `*-xx/${path}`, 'new-td', ['old-td']), [`*-xx/${path}`])
})

test('an alias may itself have a wildcard', t => {
  t.deepEqual(expanded('principals', `some-td/${path}`, 'td', ['*-td']), [
    `td/${path}`,
    `*-td/${path}`,
  ])
  t.deepEqual(expanded('principals', `x/${path}`, 'td', ['*']), [`td/${path}`, `*/${path}`])
})

test('a value of trustDomains that is a name stands for all names', t => {
  for (const field of ['trustDomains', 'notTrustDomains', 'source.trustDomain']) {
    t.deepEqual(expanded(field, 'old', 'td', ['old']), ['td', 'old'])
    t.deepEqual(expanded(field, 'cluster.local', 'td', ['old']), ['cluster.local'])
    t.deepEqual(expanded(field, 't*', 'td', ['old']), ['t*'])
  }
})

test('values that become the same are written once', t => {
  const [policy] = policies(
    policyText(`{rules: [{from: [{source: {principals: [td/${path}, old/${path}]}}]}]}`),
  )
  if (policy === undefined) throw new Error('no policy')
  const [rule] = expandTrustDomains(policy, {
    trustDomain: 'td',
    trustDomainAliases: ['old'],
  }).rules
  t.deepEqual(rule?.from[0]?.[0]?.patterns, [
    { kind: 'exact', value: `td/${path}` },
    { kind: 'exact', value: `old/${path}` },
  ])
})

test('the policies for a workload come in the order of evaluation, written out', t => {
  const text = (['ALLOW', 'DENY', 'AUDIT'] as const).flatMap(action => {
    const spec = `{action: ${action}, rules: [{from: [{source: {principals: [cluster.local/${path}]}}]}]}`
    return ['curity', 'istio-system', 'other'].map(namespace => {
      return policyText(spec, `name: ${action.toLowerCase()}, namespace: ${namespace}`)
    })
  })
  const selected = policiesFor(policies(text.join('---\n')), {
    workload: { namespace: 'curity', labels: {} },
    rootNamespace: 'istio-system',
    trustDomain: 'td',
    trustDomainAliases: [],
  })
  t.deepEqual(
    selected.map(({ namespace, name }) => `${namespace}/${name}`),
    [
      'curity/audit',
      'istio-system/audit',
      'curity/deny',
      'istio-system/deny',
      'curity/allow',
      'istio-system/allow',
    ],
  )
  t.deepEqual(selected[0]?.rules[0]?.from[0]?.[0]?.patterns, [
    { kind: 'exact', value: `td/${path}` },
  ])
})
