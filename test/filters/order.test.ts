import test from 'ava'
import { type ChainSettings, filterChain } from '../../filters/index.js'
import { readAuthorizationPolicies } from '../../policy/index.js'

const { policies } = readAuthorizationPolicies(
  ['AUDIT', 'ALLOW', 'DENY']
    .map(
      action => `apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: ${action.toLowerCase()}, namespace: curity}
spec: {action: ${action}, rules: [{to: [{operation: {paths: [/a]}}]}]}
`,
    )
    .join('---\n'),
  'policies.yaml',
)
const common = { header: 'x-client-certificate', policies, whenNoPolicy: 'deny' } as const
const service = {
  cluster: 'sidecert',
  authority: 'sidecert',
  timeoutMilliseconds: 500,
  workload: { namespace: 'curity', labels: { role: 'r', app: 'a' } },
}

function names(settings: ChainSettings): readonly string[] {
  return filterChain(settings).map(({ filter }) => filter.name.replace('sidecert.', ''))
}

test('the strip is first, policies come next and the header is set last', t => {
  const before = ['strip', 'peer', 'rbac.peer', 'rbac.audit', 'rbac.deny', 'rbac.allow']
  t.deepEqual(names({ ...common, forwarding: 'lua' }), [...before, 'lua'])
  t.deepEqual(names({ ...common, forwarding: 'native' }), [...before, 'set'])
  t.deepEqual(names({ ...common, forwarding: 'ext-authz', service }), ['strip', 'ext_authz'])
})

test('only the strip stands before the filters of others', t => {
  for (const settings of [
    { ...common, forwarding: 'lua' as const },
    { ...common, forwarding: 'native' as const },
    { ...common, forwarding: 'ext-authz' as const, service },
  ]) {
    const [first, ...rest] = filterChain(settings).map(({ position }) => position)
    t.is(first, 'first')
    t.true(rest.every(position => position === 'last'))
  }
})

test('the service is told the workload as namespace and sorted labels', t => {
  const filters = filterChain({ ...common, forwarding: 'ext-authz', service })
  t.like(filters.at(-1)?.filter.typed_config, {
    grpc_service: {
      timeout: '0.5s',
      initial_metadata: [
        { key: 'x-sidecert-namespace', value: 'curity' },
        { key: 'x-sidecert-labels', value: 'app=a,role=r' },
      ],
    },
    failure_mode_allow: false,
  })
})
