import test from 'ava'
import { parseAllDocuments } from 'yaml'
import { fileOf, generated } from '../generated-case.js'

// biome-ignore lint/suspicious/noExplicitAny: each kind has its own fields
type Resource = any

function resources(text: string, path: string): readonly Resource[] {
  return parseAllDocuments(fileOf(generated(text), path)).map(document => document.toJS())
}

const policies = 'istio/4-access/authorization-policies.yaml'
const gateways = 'istio/4-access/gateways.yaml'

test('mutual TLS is required of runtime and admin, and health and metrics take plaintext too', t => {
  const text = 'authorizationServer: {release: login, namespace: identity}'
  const found = resources(text, 'istio/3-namespaces/peer-authentication.yaml')
  t.deepEqual(
    found.map(({ metadata, spec }) => [metadata.name, spec.selector.matchLabels.role]),
    [
      ['login-idsvr-runtime-mtls', 'login-idsvr-runtime'],
      ['login-idsvr-admin-mtls', 'login-idsvr-admin'],
    ],
  )
  for (const { spec } of found) {
    t.is(spec.mtls.mode, 'STRICT')
    t.deepEqual(spec.portLevelMtls, {
      4465: { mode: 'PERMISSIVE' },
      4466: { mode: 'PERMISSIVE' },
    })
  }
})

test('policies of Curity keep its nodes, its probes and its metrics working', t => {
  const [callers, nodes] = resources('clients: [{clientId: a, workload: apps/a}]', policies)
  t.deepEqual(callers.spec.rules[0].from[0].source.principals, ['cluster.local/ns/apps/sa/a'])
  const [between, open] = nodes.spec.rules
  t.deepEqual(between.to[0].operation.ports, ['6789', '6790'])
  t.is(between.from[0].source.principals.length, 2)
  t.deepEqual(open, { to: [{ operation: { ports: ['4465', '4466'] } }] })
})

test('without an ALLOW policy there is none for the nodes, which would deny everything else', t => {
  t.false(generated('trustDomain: a').files.some(({ path }) => path === policies))
})

test("the header is refused at Istio's gateways, in all spellings, and not at the server", t => {
  const text =
    'gateways: [{workload: edge/istio-in}, {workload: kong/kong, product: kong}]\nauthorizationServer: {header: {name: a-b}}'
  const found = resources(text, gateways)
  t.is(found.length, 1)
  t.like(found[0], {
    metadata: { namespace: 'edge' },
    spec: { action: 'DENY', selector: { matchLabels: { istio: 'in' } } },
  })
  t.deepEqual(
    found[0].spec.rules.map((rule: Resource) => rule.when[0].key),
    ['request.headers[a-b]', 'request.headers[a_b]'],
  )
  t.false(resources(text, policies).some(({ spec }) => spec.action === 'DENY'))
})

test('behind a gateway that forwards, the server believes the header from the gateway alone', t => {
  const text =
    'target: istio\nmesh: {mode: gateway}\ngateways: [{workload: edge/in, port: 8443}]\nauthorizationServer: {port: 9000}'
  const [denial] = resources(text, gateways)
  t.is(denial.metadata.namespace, 'curity')
  for (const rule of denial.spec.rules) {
    t.deepEqual(rule.from[0].source.notPrincipals, ['cluster.local/ns/edge/sa/in'])
    t.deepEqual(rule.to[0].operation.ports, ['9000'])
  }
  const [filter] = resources(text, 'istio/ext-authz/envoyfilter.yaml')
  t.is(filter.metadata.namespace, 'edge')
  for (const { match } of filter.spec.configPatches) {
    t.like(match, { context: 'GATEWAY', listener: { portNumber: 8443 } })
  }
  const asking = resources(text, policies).find(
    ({ metadata }) => metadata.name === 'sidecert-gateway',
  )
  t.deepEqual(asking.spec.rules[0].from[0].source.principals, ['cluster.local/ns/edge/sa/in'])
})

test("with a custom placement Istio makes the filter, and nothing of its provider's is repeated", t => {
  const text =
    'target: istio\nmesh: {placement: custom}\nservice: {timeout: 250ms, listen: "0.0.0.0:9000"}'
  const [custom] = resources(text, policies)
  t.like(custom.spec, { action: 'CUSTOM', provider: { name: 'sidecert' } })
  const [values] = resources(text, 'istio/2-service-mesh/istiod.yaml')
  t.deepEqual(values.meshConfig.extensionProviders, [
    {
      name: 'sidecert',
      envoyExtAuthzGrpc: {
        service: 'sidecert.curity.svc.cluster.local',
        port: 9000,
        timeout: '0.25s',
        failOpen: false,
        statusOnError: '503',
      },
    },
  ])
  const [filter] = resources(text, 'istio/ext-authz/envoyfilter.yaml')
  const merge = filter.spec.configPatches[1]
  t.is(merge.match.listener.filterChain.filter.subFilter.name, 'envoy.filters.http.ext_authz')
  t.is(merge.patch.operation, 'MERGE')
  const { typed_config } = merge.patch.value
  t.true(typed_config.include_peer_certificate)
  t.deepEqual(Object.keys(typed_config.grpc_service), ['initial_metadata'])
  t.false('failure_mode_allow' in typed_config)
})

test('gateways with a host get a route, with what makes each call the Service', t => {
  const host = (product: string) =>
    `{workload: ${product}/gw, product: ${product}, host: ${product}.example.org}`
  const text = `gateways: [${['istio', 'kong', 'nginx', 'other'].map(host).join(', ')}]`
  const found = resources(text, gateways)
  t.deepEqual(
    found.map(({ kind }) => kind),
    ['AuthorizationPolicy', 'Gateway', 'VirtualService', 'Ingress', 'Ingress'],
  )
  t.is(found[3].metadata.annotations['konghq.com/preserve-host'], 'false')
  t.is(found[4].metadata.annotations['nginx.ingress.kubernetes.io/service-upstream'], 'true')
  const [values] = resources(text, 'istio/5-authorization-server/values.yaml')
  t.deepEqual(values.curity.runtime.service.annotations, {
    'ingress.kubernetes.io/service-upstream': 'true',
  })
})

test('a policy file is copied as it is, and one of the same name beside it', t => {
  const policyFiles = ['a/p.yaml', 'b/p.yaml', 'c/q.yml'].map(file => ({
    file,
    text: `# ${file}\n`,
  }))
  const made = generated('target: istio', { policyFiles })
  t.deepEqual(
    made.files
      .filter(({ path }) => path.includes('/policies/'))
      .map(({ path, content }) => [path, content]),
    [
      ['istio/4-access/policies/p.yaml', '# a/p.yaml\n'],
      ['istio/4-access/policies/2/p.yaml', '# b/p.yaml\n'],
      ['istio/4-access/policies/q.yaml', '# c/q.yml\n'],
    ],
  )
})
