import test from 'ava'
import fc from 'fast-check'
import { stringify } from 'yaml'
import { readConfiguration } from '../../config/index.js'

/** `CODE line:column message | hint` of each diagnostic. */
function findings(text: string): readonly string[] {
  return readConfiguration(text, 'sidecert.yaml').diagnostics.map(
    ({ code, place, message, hint }) =>
      `${code} ${place?.line}:${place?.column} ${message} | ${hint}`,
  )
}

test('names, labels and SPIFFE IDs follow from the Helm release and the trust domain', t => {
  const { configuration, diagnostics } = readConfiguration(
    `trustDomain: curitydemo
authorizationServer: {product: curity, namespace: identity, release: curity}
clients:
  - {clientId: website-client, workload: applications/mywebsite, type: spiffe-web}
`,
    'a/sidecert.yaml',
  )
  t.deepEqual(diagnostics, [])
  t.like(configuration?.authorizationServer, {
    name: 'curity-idsvr',
    serviceName: 'curity-idsvr-runtime-svc',
    host: 'curity-idsvr-runtime-svc.identity.svc.cluster.local',
    labels: { role: 'curity-idsvr-runtime' },
    spiffeId: 'spiffe://curitydemo/ns/identity/sa/curity-idsvr-runtime',
    paths: ['/oauth/v2/*'],
  })
  t.deepEqual(configuration?.clients, [
    {
      clientId: 'website-client',
      type: 'spiffe-web',
      namespace: 'applications',
      serviceAccount: 'mywebsite',
      spiffeId: 'spiffe://curitydemo/ns/applications/sa/mywebsite',
      image: 'mywebsite:v1',
      port: 80,
      grants: ['client-credentials'],
      redirectUris: [],
      scopes: [],
    },
  ])
  t.deepEqual(configuration?.service.workload, {
    namespace: 'identity',
    labels: { role: 'curity-idsvr-runtime' },
  })
  t.is(configuration?.service.host, 'sidecert.identity.svc.cluster.local')
})

test('every key has a default', t => {
  const { configuration, diagnostics } = readConfiguration('trustDomain: example.org', 'c.yaml')
  t.deepEqual(diagnostics, [])
  t.deepEqual(configuration?.targets, ['istio', 'envoy'])
  t.is(configuration?.forwarding, 'ext-authz')
  t.is(configuration?.service.whenNoPolicy, 'deny')
  t.is(configuration?.service.timeoutMilliseconds, 1000)
  t.deepEqual(configuration?.service.listen, { kind: 'tcp', host: '0.0.0.0', port: 9191 })
  t.deepEqual(configuration?.envoy.service, { kind: 'tcp', host: '127.0.0.1', port: 9191 })
  t.is(configuration?.envoy.admin, undefined)
})

test('the header name is folded to lower case', t => {
  const { configuration } = readConfiguration(
    'authorizationServer: {header: {name: X-Client-Certificate}}',
    'c.yaml',
  )
  t.is(configuration?.authorizationServer.header.name, 'x-client-certificate')
})

test('bundle files are relative to the file that names them', t => {
  const { configuration } = readConfiguration(
    'trustBundles: [{trustDomain: a, file: ca.pem}, {trustDomain: b, file: /etc/ca.pem}]',
    'deploy/c.yaml',
  )
  t.deepEqual(
    configuration?.trustBundles.map(({ file }) => file),
    ['deploy/ca.pem', '/etc/ca.pem'],
  )
})

const refused: readonly (readonly [title: string, text: string, finding: string])[] = [
  [
    'an unknown key, with the key that was meant',
    'trustDomian: a',
    'SC0101 1:1 sidecert.yaml has no key trustDomian | Did you mean trustDomain?',
  ],
  [
    'an unknown key inside a list, with the keys that there are',
    'clients:\n  - clientId: a\n    workload: a/b\n    secret: x',
    'SC0101 4:5 clients[0] has no key secret | clients[0] has the keys clientId, workload, type, image, port, grants, redirectUris, scopes, audience.',
  ],
  [
    'a list of one item written without a list',
    'clients: {clientId: a}',
    'SC0102 1:10 clients is not a list | Give a list.',
  ],
  [
    'a number where a name belongs',
    'authorizationServer:\n  namespace: 12',
    'SC0102 2:14 authorizationServer.namespace is not a string | Put it in quotes.',
  ],
  [
    'a key without a value',
    'clients:\n',
    'SC0102 1:9 clients is empty | Give a list, or remove the key.',
  ],
  [
    'a missing key',
    'clients:\n  - clientId: a',
    'SC0103 2:5 clients[0].workload is missing | Give a string.',
  ],
  [
    'a workload that is a SPIFFE ID',
    'apis: [{workload: spiffe://a/ns/b/sa/c}]',
    'SC0102 1:19 apis[0].workload is not a workload as namespace/service-account | Write a workload as namespace/service-account, such as applications/mywebsite.',
  ],
  [
    'a way of forwarding that does not exist, with the one that was meant',
    'forwarding: ext_auth',
    'SC0102 1:13 forwarding is not something that sidecert knows | Did you mean ext-authz? Give one of: lua, native, ext-authz.',
  ],
  [
    'a header format that no filter writes',
    'authorizationServer: {header: {format: xfcc}}',
    'SC0102 1:40 authorizationServer.header.format is not something that sidecert knows | Only url-pem works.',
  ],
  [
    'a header with a meaning of its own, in any spelling',
    'authorizationServer: {header: {name: X_Forwarded_Client-Cert}}',
    'SC0102 1:38 authorizationServer.header.name is a header with a meaning of its own, which must not be stripped or set | Take a header of its own for the certificate, such as x-client-certificate.',
  ],
  [
    'a pseudo-header',
    'authorizationServer: {header: {name: ":path"}}',
    'SC0102 1:38 authorizationServer.header.name is not a header name of letters, digits, dashes and underscores (at most 64) | Take a header of its own for the certificate, such as x-client-certificate.',
  ],
  [
    'a port out of range',
    'authorizationServer: {port: 65536}',
    'SC0102 1:29 authorizationServer.port is too large | The most is 65535.',
  ],
  [
    'a trust domain in upper case',
    'trustDomain: CurityDemo',
    'SC0102 1:14 trustDomain is not a trust domain | Write a trust domain, such as curitydemo or prod.example.org.',
  ],
  [
    'a timeout of zero, which would be none at all',
    'service: {timeout: 0s}',
    'SC0102 1:20 service.timeout is not a duration above zero and up to one minute | Write a duration above zero and up to one minute, such as 500ms or 1s.',
  ],
  [
    'labels with an impossible key',
    'authorizationServer: {labels: {"a b": c}}',
    'SC0102 1:32 a key of authorizationServer.labels is not the key of a label | Write the key of a label, such as role.',
  ],
  [
    'labels that select everything',
    'authorizationServer: {labels: {}}',
    'SC0102 1:31 authorizationServer.labels selects every workload of the namespace | Name at least one label of the pods, or remove the key.',
  ],
  [
    'two clients with one client ID',
    'clients:\n  - {clientId: a, workload: x/a}\n  - {clientId: a, workload: x/b}',
    'SC0104 3:16 the client a is named twice | Keep one of the two.',
  ],
  [
    'a client that has the identity of a gateway',
    'gateways: [{workload: x/gw}]\nclients:\n  - {clientId: a, workload: x/gw}',
    'SC0104 3:29 the client a has the workload of a gateway: everybody behind the gateway could pass for it | Give the client a service account of its own.',
  ],
  [
    'a route past the filters of a gateway',
    'mesh: {mode: gateway}\ngateways: [{workload: x/gw, product: istio, host: h.example}]',
    'SC0104 2:51 with mesh.mode gateway the route that host makes would pass by the filters, certificate header and all | Remove host, and write the Gateway yourself: tls.mode MUTUAL on the port that gateways[].port names, and no other port.',
  ],
  [
    'a Helm release for a product that is not Curity',
    'authorizationServer: {product: keycloak, release: a}',
    "SC0104 1:51 release is for Curity's Helm chart, and product is keycloak | Remove release and set name, labels and serviceAccount where they differ from the defaults.",
  ],
  [
    'a service and its administration on one port',
    'service: {listen: 0.0.0.0:9191, admin: 127.0.0.1:9191}',
    'SC0104 1:40 service.listen and service.admin are the same address, 127.0.0.1:9191 | Give the administration a port of its own.',
  ],
  [
    'a certificate without its key',
    'envoy: {tls: {certificate: a, trustedCa: b}}',
    'SC0104 1:14 envoy.tls names files and leaves out privateKey | Add privateKey.',
  ],
  [
    'an Envoy that would call itself',
    'envoy: {listen: 0.0.0.0:8443}\n',
    'SC0104 1:17 Envoy would send every request to itself: it listens on 0.0.0.0:8443 | Set envoy.upstream to where the authorization server listens, another port on the loopback.',
  ],
  [
    'an Envoy that listens on a name',
    'envoy: {listen: "localhost:1"}',
    'SC0102 1:17 envoy.listen is not an IP address with a port | Write an IP address with a port, such as 0.0.0.0:9443.',
  ],
  [
    'a second document',
    'trustDomain: a\n---\ntrustDomain: b',
    'SC0102 3:1 there is a second document in the file | Keep one; AuthorizationPolicies go into files of their own, named by policies.',
  ],
  [
    'a file of comments only',
    '# nothing\n',
    'SC0003 1:1 the file says nothing | Start with trustDomain, authorizationServer and clients.',
  ],
]

for (const [title, text, finding] of refused) {
  test(`sidecert.yaml is refused with ${title}`, t => {
    t.deepEqual(findings(text), [finding])
    t.is(readConfiguration(text, 'sidecert.yaml').configuration, undefined)
  })
}

test('two clients that share a workload are warned of, not refused', t => {
  const text = 'clients:\n  - {clientId: a, workload: x/a}\n  - {clientId: b, workload: x/a}'
  t.deepEqual(findings(text), [
    'SC0105 3:29 the clients a and b share the workload x/a: each can pass for the other | Give each client a service account of its own.',
  ])
  t.is(readConfiguration(text, 'c.yaml').configuration?.clients.length, 2)
})

test('all findings of a file are reported at once', t => {
  t.is(findings('a: 1\nb: 2\ntarget: none\nclients: [{}]').length, 5)
})

test('a key named __proto__ is an unknown key like any other', t => {
  const text = 'authorizationServer:\n  labels: {__proto__: a}'
  t.deepEqual(findings(text), ['SC0101 2:12 there is no key __proto__ | Remove it.'])
})

test('whatever the file says, it is read or refused with a place, and nothing is thrown', t => {
  const key = fc.constantFrom(
    'trustDomain',
    'clients',
    'service',
    'envoy',
    'apis',
    'x',
    '__proto__',
  )
  const value = fc.letrec(tie => ({
    any: fc.oneof(
      { depthSize: 'small' },
      fc.constantFrom<unknown>(null, true, 1, '', 'off', 'a/b', '127.0.0.1:1'),
      fc.array(tie('any')),
      fc.dictionary(fc.oneof(key, fc.string()), tie('any'), { noNullPrototype: true }),
    ),
  })).any
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.dictionary(key, value, { noNullPrototype: true }).map(object => stringify(object)),
  )
  fc.assert(
    fc.property(text, text => {
      const { configuration, diagnostics } = readConfiguration(text, 'c.yaml')
      const lines = text.split(/\r\n|\r|\n/).length
      return (
        (configuration !== undefined) ===
          diagnostics.every(({ severity }) => severity !== 'error') &&
        diagnostics.every(({ place }) => place !== undefined && place.line <= lines)
      )
    }),
  )
  t.pass()
})
