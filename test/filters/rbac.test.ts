import test from 'ava'
import { rbac } from '../../filters/index.js'
import { readAuthorizationPolicies } from '../../policy/index.js'

function translate(spec: string, annotations = '', whenNoPolicy: 'allow' | 'deny' = 'deny') {
  const text = `apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: p, namespace: curity${annotations}}
spec: ${spec}
`
  const { policies, diagnostics } = readAuthorizationPolicies(text, 'policy.yaml')
  if (policies.length === 0) throw new Error(JSON.stringify(diagnostics))
  return rbac(policies, whenNoPolicy)
}

const dryRun = ', annotations: {istio.io/dry-run: "true"}'
const rule = '{rules: [{to: [{operation: {methods: [GET]}}]}]}'

test('without an ALLOW policy everything is denied, unless that is not wanted', t => {
  t.like(rbac([], 'deny'), [
    { name: 'sidecert.rbac.allow', typed_config: { rules: { action: 'ALLOW', policies: {} } } },
  ])
  t.deepEqual(rbac([], 'allow'), [])
})

test('a policy in dry run is a shadow rule and decides nothing', t => {
  const filters = translate(rule, dryRun, 'allow')
  t.is(filters.length, 1)
  t.false(Object.hasOwn(filters[0]?.typed_config ?? {}, 'rules'))
  t.like(filters[0]?.typed_config, {
    shadow_rules: { action: 'ALLOW' },
    shadow_rules_stat_prefix: 'sidecert_dry_run_allow_',
  })
})

test('an ALLOW policy in dry run alone does not keep others from being denied', t => {
  const filters = translate(rule, dryRun, 'deny')
  t.like(filters[0]?.typed_config, { rules: { action: 'ALLOW', policies: {} } })
})

test('identities are asked of verified certificates only', t => {
  const spec = `{rules: [{from: [{source: {principals: [a/ns/b/sa/c, "*"], namespaces: [ns],
    notPrincipals: [x*, "*y"]}}, {source: {serviceAccounts: [s]}}, {source: {trustDomains: [t, "*u", v*]}}]}]}`
  const text = JSON.stringify(translate(spec))
  t.false(text.includes('authenticated":'))
  t.is(text.match(/mtls_authenticated\.v3\.Config","san_matcher":\{"san_type":"URI"/g)?.length, 9)
})

test('what means something in a regular expression is quoted', t => {
  const spec = '{rules: [{from: [{source: {principals: ["*.b+(c)|d"]}}]}]}'
  t.true(JSON.stringify(translate(spec)).includes(JSON.stringify('spiffe://.*\\.b\\+\\(c\\)\\|d')))
})
