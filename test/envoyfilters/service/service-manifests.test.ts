import test from 'ava'
import { readConfiguration } from '../../../config/index.js'
import { serviceManifests } from '../../../envoyfilters/index.js'
import { deploymentOf, policyText, resourcesOf } from './manifest-case.js'
import { type Resource, unknownFields } from './strict-schema.js'

const container = `service: { deployment: container, listen: unix:/run/sidecert/sidecert.sock }\n`
const daemonset = 'service: { deployment: daemonset }\n'

function only(resources: readonly Resource[], kind: string): Resource {
  const found = resources.filter(resource => resource.kind === kind)
  if (found[0] === undefined || found.length > 1) throw new Error(`${found.length} of ${kind}`)
  return found[0]
}

test('a Deployment of the service comes with all that protects and scales it', t => {
  const kinds = resourcesOf(deploymentOf()).map(({ kind }) => kind)
  t.deepEqual(kinds.toSorted(), [
    'AuthorizationPolicy',
    'ConfigMap',
    'Deployment',
    'HorizontalPodAutoscaler',
    'NetworkPolicy',
    'PeerAuthentication',
    'PodDisruptionBudget',
    'Service',
    'ServiceAccount',
  ])
})

for (const [name, more] of [
  ['deployment', ''],
  ['daemonset', daemonset],
  ['container', container],
] as const) {
  test(`every resource of a ${name} is what its schema asks for, with no field besides`, t => {
    for (const resource of resourcesOf(deploymentOf(more))) {
      t.deepEqual(unknownFields(resource), [], resource.kind)
    }
  })

  test(`a ${name} is generated twice with the same bytes`, t => {
    t.deepEqual(deploymentOf(more), deploymentOf(more))
  })
}

test('a misspelt field is found, so that the check above can fail', t => {
  const resources = resourcesOf(deploymentOf())
  const deployment = structuredClone(only(resources, 'Deployment'))
  deployment.spec.template.spec.containers[0].livenesProbe = {}
  t.deepEqual(unknownFields(deployment), ['.spec.template.spec.containers.0.livenesProbe'])
  const policy = structuredClone(only(resources, 'AuthorizationPolicy'))
  policy.spec.rules[0].from[0].source.principal = 'x'
  t.deepEqual(unknownFields(policy), ['.spec.rules.0.from.0.source.principal'])
})

test('the Service has the port that service.listen names, under a name that means HTTP/2 to Istio', t => {
  const service = only(resourcesOf(deploymentOf('service: { listen: "[::]:7000" }\n')), 'Service')
  t.deepEqual(service.spec.ports, [
    { name: 'grpc', port: 7000, targetPort: 'grpc', protocol: 'TCP', appProtocol: 'grpc' },
  ])
  t.is(service.spec.internalTrafficPolicy, undefined)
})

test("only the authorization server's identity may call, and only for decisions", t => {
  const { spec } = only(resourcesOf(deploymentOf()), 'AuthorizationPolicy')
  t.is(spec.action, 'ALLOW')
  t.deepEqual(spec.rules, [
    {
      from: [{ source: { principals: ['prod.example.org/ns/login/sa/main-idsvr-runtime'] } }],
      to: [
        {
          operation: {
            methods: ['POST'],
            paths: ['/envoy.service.auth.v3.Authorization/Check'],
            ports: ['9191'],
          },
        },
      ],
    },
  ])
})

test('every selector selects the pods, and none of the authorization server', t => {
  const resources = resourcesOf(deploymentOf())
  const { labels } = only(resources, 'Deployment').spec.template.metadata
  const selectors = [
    only(resources, 'Service').spec.selector,
    only(resources, 'Deployment').spec.selector.matchLabels,
    only(resources, 'PodDisruptionBudget').spec.selector.matchLabels,
    only(resources, 'NetworkPolicy').spec.podSelector.matchLabels,
    only(resources, 'PeerAuthentication').spec.selector.matchLabels,
    only(resources, 'AuthorizationPolicy').spec.selector.matchLabels,
  ]
  for (const selector of selectors) {
    t.like(labels, selector)
    t.true(Object.keys(selector).length > 0)
  }
})

test('the pods are as restricted as Pod Security has it, and nothing may be written', t => {
  const { spec } = only(resourcesOf(deploymentOf()), 'Deployment').spec.template
  t.like(spec.securityContext, { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } })
  t.like(spec.containers[0].securityContext, {
    allowPrivilegeEscalation: false,
    capabilities: { drop: ['ALL'] },
    readOnlyRootFilesystem: true,
  })
  t.false(spec.automountServiceAccountToken)
  t.is(spec.hostNetwork, undefined)
})

test('a pod is announced and drained before it is killed, and its sidecar outlives it', t => {
  const { metadata, spec } = only(resourcesOf(deploymentOf()), 'Deployment').spec.template
  const announce = spec.containers[0].lifecycle.preStop.sleep.seconds
  const proxy = JSON.parse(metadata.annotations['proxy.istio.io/config'])
  const sidecar = Number.parseInt(proxy.terminationDrainDuration, 10)
  t.true(announce > 0)
  t.true(sidecar > announce + 5)
  t.true(spec.terminationGracePeriodSeconds > sidecar)
})

test('the files lie in the pod as they lie to each other', t => {
  const files = { 'mesh/policies/token.yaml': policyText, 'trust/bundle.pem': 'PEM' }
  const resources = resourcesOf(deploymentOf('', files))
  const { containers, volumes } = only(resources, 'Deployment').spec.template.spec
  t.deepEqual(containers[0].args, ['serve', '--config', '/etc/sidecert/mesh/sidecert.yaml'])
  t.deepEqual(volumes[0].configMap.items, [
    { key: 'mesh.sidecert.yaml', path: 'mesh/sidecert.yaml' },
    { key: 'mesh.policies.token.yaml', path: 'mesh/policies/token.yaml' },
    { key: 'trust.bundle.pem', path: 'trust/bundle.pem' },
  ])
  t.is(only(resources, 'ConfigMap').data['trust.bundle.pem'], 'PEM')
})

test('two paths that look alike as keys are two keys', t => {
  const files = { 'mesh/a/b.yaml': 'one', 'mesh/a.b.yaml': 'two' }
  const { data } = only(resourcesOf(deploymentOf('', files)), 'ConfigMap')
  t.is(data['a.b.yaml'], 'one')
  t.is(data['2.a.b.yaml'], 'two')
})

test('a changed sidecert.yaml replaces the pods, a changed policy does not', t => {
  const template = (more: string, policy: string) =>
    only(resourcesOf(deploymentOf(more, { 'mesh/policies/token.yaml': policy })), 'Deployment').spec
  t.deepEqual(template('', policyText), template('', `${policyText}# more\n`))
  t.notDeepEqual(template('', policyText), template('rootNamespace: mesh\n', policyText))
})

test('a DaemonSet answers on the node of the caller and scales with the nodes', t => {
  const resources = resourcesOf(deploymentOf(daemonset))
  t.is(only(resources, 'Service').spec.internalTrafficPolicy, 'Local')
  t.deepEqual(only(resources, 'DaemonSet').spec.updateStrategy.rollingUpdate, {
    maxSurge: 1,
    maxUnavailable: 0,
  })
  t.false(resources.some(({ kind }) => /Deployment|Autoscaler|Budget/.test(kind)))
})

test("as a second container it is a patch of the authorization server's workload", t => {
  const { files, diagnostics } = deploymentOf(container)
  t.deepEqual(diagnostics, [])
  t.deepEqual(
    files.map(({ path }) => path.replace('istio/ext-authz/service/', '')),
    [
      'manifests/config-map.yaml',
      'container-patch.yaml',
      'kustomization.yaml',
      'config/sidecert.yaml',
      'config/policies/token.yaml',
    ],
  )
})

for (const [more, message] of [
  ['service: { listen: 127.0.0.1:9191 }\n', /service\.listen is on the loopback \(127\.0\.0\.1\)/],
  ['service: { listen: unix:/run/s.sock }\n', /service\.listen is unix:\/run\/s\.sock/],
  ['service: { listen: 0.0.0.0:0 }\n', /service\.listen takes any/],
  ['service: { deployment: container }\n', /service\.listen names none/],
  [
    'service: { deployment: container, listen: unix:/s.sock }\n',
    /the socket \/s\.sock lies in the root directory/,
  ],
  ['trustBundles: [{ trustDomain: a, file: /etc/a.pem }]\n', /^\/etc\/a\.pem names a file/],
] as const) {
  test(`${more.trim()} is refused with the mend`, t => {
    const { files, diagnostics } = deploymentOf(more)
    t.deepEqual(files, [])
    t.is(diagnostics.length, 1)
    t.is(diagnostics[0]?.code, 'SC0310')
    t.regex(diagnostics[0]?.message ?? '', message)
    t.truthy(diagnostics[0]?.hint)
  })
}

test('more than a ConfigMap holds is refused', t => {
  const { diagnostics } = deploymentOf('', { 'mesh/policies/big.yaml': '#'.repeat(1 << 20) })
  t.deepEqual(
    diagnostics.map(({ code }) => code),
    ['SC0310'],
  )
  t.regex(diagnostics[0]?.message ?? '', /^the service's files have \d+ bytes, and a ConfigMap/)
})

test('policies from the cluster come with the right to read them, and to read nothing else', t => {
  const made = (more: string) => {
    const text = `authorizationServer: { namespace: login }\npoliciesFrom: cluster\n${more}`
    const { configuration } = readConfiguration(text, 'sidecert.yaml')
    if (configuration === undefined) throw new Error('no configuration')
    return resourcesOf(serviceManifests(configuration, [{ file: 'sidecert.yaml', text }]))
  }
  const some = made('').filter(({ kind }) => /Role/.test(kind))
  t.deepEqual(
    some.map(({ kind, metadata }) => `${kind} ${metadata.namespace}`),
    ['Role istio-system', 'RoleBinding istio-system', 'Role login', 'RoleBinding login'],
  )
  t.deepEqual(some[0]?.rules, [
    {
      apiGroups: ['security.istio.io'],
      resources: ['authorizationpolicies'],
      verbs: ['get', 'list', 'watch'],
    },
  ])
  const all = made('cluster: { namespaces: ["*"] }\n')
  t.deepEqual(only(all, 'ClusterRoleBinding').subjects, [
    { kind: 'ServiceAccount', name: 'sidecert', namespace: 'login' },
  ])
  t.true(only(all, 'Deployment').spec.template.spec.automountServiceAccountToken)
  for (const resource of [...some, ...all]) t.deepEqual(unknownFields(resource), [])
})
