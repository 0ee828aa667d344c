import { Buffer } from 'node:buffer'
import test from 'ava'
import { convert } from 'xmlbuilder2'
import { authorities, fileOf, generated } from '../generated-case.js'

// biome-ignore lint/suspicious/noExplicitAny: a tree of elements
type Tree = any

const base = 'https://curity.se/ns/conf/base'
const oauth = 'https://curity.se/ns/conf/profile/oauth'

function curity(settings: string, more = ''): string {
  return `trustDomain: curitydemo
authorizationServer: {curity: {${settings}}}
clients:
  - {clientId: website-client, workload: applications/mywebsite, type: spiffe-web, redirectUris: ["https://www.example.com/?a&b"]}
  - {clientId: "a <b> & 'c'", workload: jobs/batch, scopes: [reports], audience: api.example.com}
${more}`
}

function xml(text: string, name: string, certificates: readonly string[] = []): Tree {
  const made = generated(text, { authorities: certificates })
  return decoded(convert(fileOf(made, `curity/${name}.xml`), { format: 'object' }))
}

/** The reader leaves entities as they are. */
function decoded(tree: Tree): Tree {
  if (Array.isArray(tree)) return tree.map(decoded)
  if (typeof tree !== 'string') {
    return Object.fromEntries(Object.entries(tree).map(([key, value]) => [key, decoded(value)]))
  }
  return tree.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&')
}

function settingsOf(tree: Tree): Tree {
  return tree.config.profiles.profile.settings['authorization-server']
}

test('the trust store has each authority with the kind and size of its own key', t => {
  const tree = xml(curity('trustStore: literal'), 'trust-store', authorities)
  t.is(tree.config['@xmlns'], 'http://tail-f.com/ns/config/1.0')
  t.is(tree.config.facilities['@xmlns'], base)
  const [root, intermediate] =
    tree.config.facilities.crypto.ssl['client-truststore']['client-certificate']
  t.like(root, { id: 'spiffe_root_ca', type: 'elliptic-curve', 'curve-name': 'P-384' })
  t.false('size' in root)
  t.like(intermediate, { id: 'spiffe_intermediate_ca', type: 'rsa', size: '3072' })
  t.is(Buffer.from(intermediate.keystore, 'base64').toString(), authorities[0] ?? 'there is none')
})

test('a parameterized trust store names a parameter for each authority', t => {
  const tree = xml(curity(''), 'trust-store', authorities)
  const entries = tree.config.facilities.crypto.ssl['client-truststore']['client-certificate']
  t.deepEqual(
    entries.map(({ keystore }: Tree) => keystore),
    ['#{SPIFFE_ROOT_CA}', '#{SPIFFE_INTERMEDIATE_CA}'],
  )
})

test("without an authority it is istiod's own, by a parameter", t => {
  const tree = xml(curity(''), 'trust-store')
  t.deepEqual(tree.config.facilities.crypto.ssl['client-truststore']['client-certificate'], {
    id: 'spiffe_root_ca',
    type: 'rsa',
    size: '2048',
    keystore: '#{SPIFFE_ROOT_CA}',
  })
})

test('a literal trust store without an authority is refused', t => {
  const { files, diagnostics } = generated(curity('trustStore: literal'))
  t.deepEqual(files, [])
  t.like(diagnostics[0], {
    code: 'SC0306',
    message: 'the trust store is to hold the authorities, and sidecert.yaml names none',
  })
})

test('clients authenticate by the header, by their SPIFFE ID and by named authorities', t => {
  const tree = xml(curity('', 'trustDomainAliases: [old]'), 'clients', authorities)
  const settings = settingsOf(tree)
  t.is(settings['@xmlns'], oauth)
  t.deepEqual(settings['client-authentication'], {
    'mutual-tls': { 'by-proxy': { 'client-certificate-http-header': 'x-client-certificate' } },
  })
  const [website, batch] = settings['client-store']['config-backed'].client
  t.deepEqual(website, {
    id: 'website-client',
    'mutual-tls-by-proxy': {
      'client-uri': 'spiffe://curitydemo/ns/applications/sa/mywebsite',
      'trusted-ca': ['spiffe_root_ca', 'spiffe_intermediate_ca'],
    },
    'redirect-uris': 'https://www.example.com/?a&b',
    capabilities: { code: {} },
    properties: { property: { key: 'client-type', value: 'spiffe-web' } },
  })
  t.like(batch, {
    id: "a <b> & 'c'",
    audience: 'api.example.com',
    scope: 'reports',
    capabilities: { 'client-credentials': {} },
  })
  t.deepEqual(batch['mutual-tls-by-proxy']['trusted-ca'], [
    'spiffe_root_ca',
    'spiffe_intermediate_ca',
  ])
})

test('what reads like an entity is written so that it is read as it stands', t => {
  const text = 'clients: [{clientId: "&lt; &amp; &", workload: a/b}]'
  const made = fileOf(generated(text), 'curity/clients.xml')
  t.true(made.includes('<id>&amp;lt; &amp;amp; &amp;</id>'))
})

test('direct mutual TLS has a port and its authorities, and no header', t => {
  const text = curity('mutualTls: direct, directPort: 8544, serviceRole: nodes')
  const tree = xml(text, 'clients')
  t.deepEqual(tree.config.environments.environment.services['service-role'], {
    id: 'nodes',
    'mutual-tls': { 'listening-port': '8544', 'client-truststores': 'spiffe_root_ca' },
  })
  const settings = settingsOf(tree)
  t.deepEqual(settings['client-authentication'], { 'mutual-tls': {} })
  const [website] = settings['client-store']['config-backed'].client
  t.is(website['mutual-tls']['trusted-ca'], 'spiffe_root_ca')
  t.false('mutual-tls-by-proxy' in website)
  const { files } = generated(text)
  t.false(files.some(({ path }) => /envoyfilter|envoy\.yaml|peer-authentication/.test(path)))
})

test('token procedures are attached to the token endpoint of the profile', t => {
  const text = curity('tokenProcedures: files, tokenService: oauth, tokenEndpoint: token')
  const { profile } = xml(text, 'clients').config.profiles
  t.is(profile.id, 'oauth')
  t.deepEqual(profile.endpoints.endpoint, {
    id: 'token',
    'token-endpoint-procedures': [
      { flow: 'oauth-token-authorization-code', procedure: 'sidecert_authorization_code' },
      { flow: 'oauth-token-refresh', procedure: 'sidecert_refresh' },
    ],
  })
  t.false('endpoints' in xml(curity(''), 'clients').config.profiles.profile)
})

test('procedures in the configuration are those that would be files', t => {
  const file = fileOf(
    generated(curity('tokenProcedures: files')),
    'curity/token-procedures/oauth-token-refresh/sidecert_refresh.js',
  )
  const tree = xml(curity('tokenProcedures: inline'), 'token-procedures')
  const [, refresh] = tree.config.processing.procedures['token-procedure']
  t.like(refresh, { id: 'sidecert_refresh', flow: 'oauth-token-refresh' })
  t.is(Buffer.from(refresh.script, 'base64').toString(), file)
})

test('token procedures that no client would use are not made, and that is said', t => {
  const text =
    'authorizationServer: {curity: {tokenProcedures: files}}\nclients: [{clientId: a, workload: a/b, type: c}]'
  const { files, diagnostics } = generated(text)
  t.deepEqual(
    diagnostics.map(({ code }) => code),
    ['SC0307'],
  )
  t.false(files.some(({ path }) => path.endsWith('.js')))
})

test('the chart mounts every generated file, and takes secrets as whole Secrets', t => {
  const values = fileOf(
    generated(curity('tokenProcedures: files, version: 11.2.0')),
    'istio/5-authorization-server/values.yaml',
  )
  for (const path of [
    'curity-config.xml',
    'sidecert-trust-store.xml',
    'sidecert-clients.xml',
    'token-procedures/oauth-token-refresh/sidecert_refresh.js',
  ]) {
    t.true(values.includes(`path: ${path}\n`), path)
  }
  t.false(values.includes('extraEnv'))
  t.regex(values, /environmentVariableSecrets:\n\s+- idsvr-secrets\n\s+- sidecert-authorities\n/)
})
