import test from 'ava'
import { readConfiguration } from '../../config/index.js'

/** `CODE line:column message | hint` of each diagnostic. */
function findings(text: string): readonly string[] {
  return readConfiguration(text, 'sidecert.yaml').diagnostics.map(
    ({ code, place, message, hint }) =>
      `${code} ${place?.line}:${place?.column} ${message} | ${hint}`,
  )
}

test('policies come from files, and denials are enforced, unless another is said', t => {
  const { configuration } = readConfiguration('trustDomain: example.org', 'c.yaml')
  t.is(configuration?.cluster, undefined)
  t.is(configuration?.service.dryRun, false)
  t.true(readConfiguration('service: {dryRun: true}', 'c.yaml').configuration?.service.dryRun)
})

test("policies from the cluster are those of the workload's namespace and the root namespace", t => {
  const { configuration } = readConfiguration('policiesFrom: cluster', 'c.yaml')
  t.deepEqual(configuration?.cluster, {
    namespaces: ['curity', 'istio-system'],
    server: undefined,
    tokenFile: undefined,
    caFile: undefined,
  })
})

test('service.workload and rootNamespace say which namespaces these are', t => {
  const text =
    'policiesFrom: cluster\nrootNamespace: root\nservice: {workload: {namespace: tokens}}'
  t.deepEqual(readConfiguration(text, 'c.yaml').configuration?.cluster?.namespaces, [
    'root',
    'tokens',
  ])
})

test('the root namespace is read beside the named ones, each once', t => {
  const text = 'policiesFrom: cluster\ncluster: {namespaces: [b, a, b, istio-system]}'
  t.deepEqual(readConfiguration(text, 'c.yaml').configuration?.cluster?.namespaces, [
    'a',
    'b',
    'istio-system',
  ])
})

test('an asterisk stands for all namespaces', t => {
  const text = 'policiesFrom: cluster\ncluster: {namespaces: ["*"]}'
  t.is(readConfiguration(text, 'c.yaml').configuration?.cluster?.namespaces, 'all')
})

test('token and authorities of a named API server are found beside sidecert.yaml', t => {
  const text =
    'policiesFrom: cluster\ncluster: {server: "https://k:6443", tokenFile: t, caFile: /ca.pem}'
  t.like(readConfiguration(text, 'a/c.yaml').configuration?.cluster, {
    server: 'https://k:6443',
    tokenFile: 'a/t',
    caFile: '/ca.pem',
  })
})

for (const [text, finding] of [
  [
    'policiesFrom: cluster\nmesh: {placement: custom}',
    'SC0104 1:15 mesh.placement is custom, so that one of the policies in the cluster is CUSTOM, which the service refuses | Set policiesFrom: files, or another mesh.placement.',
  ],
  [
    'cluster: {}',
    'SC0104 1:10 cluster is set, and the policies come from files | Set policiesFrom: cluster, or remove cluster.',
  ],
  [
    'policiesFrom: cluster\npolicies: [a.yaml]',
    'SC0104 2:11 policies names files, and the policies come from the cluster | Apply them to the cluster, or remove policiesFrom.',
  ],
  [
    'policiesFrom: cluster\ncluster: {tokenFile: t}',
    'SC0104 2:22 cluster.tokenFile is for the API server of cluster.server, which is not set | Set cluster.server too, or remove it.',
  ],
  [
    'policiesFrom: cluster\ncluster: {server: "http://127.0.0.1:8001", caFile: ca}',
    'SC0104 2:52 cluster.caFile is for TLS, and cluster.server is without | Write https in cluster.server, or remove it.',
  ],
  [
    'policiesFrom: cluster\ncluster: {namespaces: []}',
    'SC0102 2:23 cluster.namespaces is empty | Give one or more.',
  ],
  [
    'policiesFrom: cluster\ncluster: {namespaces: [UPPER]}',
    'SC0102 2:24 cluster.namespaces[0] is not a Kubernetes namespace, or "*" for all | Write a Kubernetes namespace, or "*" for all, such as curity.',
  ],
] as const) {
  test(`refused: ${text.replaceAll('\n', ' and ')}`, t => {
    t.deepEqual(findings(text), [finding])
  })
}

for (const server of [
  'https://10.96.0.1:443',
  'https://rancher.example.org/k8s/clusters/c-1',
  'http://127.0.0.1:8001',
  'http://[::1]:8001',
  'http://localhost',
]) {
  test(`${server} can be an API server`, t => {
    t.deepEqual(findings(`policiesFrom: cluster\ncluster: {server: "${server}"}`), [])
  })
}

for (const server of [
  'http://10.96.0.1',
  'http://127.0.0.1.example.org',
  'http://127.evil.org',
  'https://user:secret@k',
  'https://k/?a',
  'https://k/#a',
  'ftp://127.0.0.1',
  'k:6443',
  'https://k k',
  '',
]) {
  test(`a token is not sent to ${server === '' ? 'nowhere' : server}`, t => {
    const [finding, ...more] = findings(
      `policiesFrom: cluster\ncluster: {server: ${JSON.stringify(server)}}`,
    )
    t.deepEqual(more, [])
    t.is(
      finding,
      'SC0102 2:19 cluster.server is not the https URL of an API server (http on the loopback only) | ' +
        'Write the https URL of an API server (http on the loopback only), such as https://10.96.0.1:443.',
    )
  })
}
