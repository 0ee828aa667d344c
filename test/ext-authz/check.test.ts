import test from 'ava'
import * as fc from 'fast-check'
import {
  type Authorizer,
  type AuthorizerSettings,
  check,
  createAuthorizer,
  readTrustBundle,
} from '../../ext-authz/index.js'
import { namespaceKey, readAuthorizationPolicies } from '../../policy/index.js'
import { createAuthority, issueSvid } from '../../rig/pki.js'
import { checkRequest, type RequestInit } from './check-request.js'

const website = 'spiffe://curitydemo/ns/applications/sa/mywebsite'
const authority = await createAuthority({ trustDomain: 'curitydemo' })
const svid = await issueSvid(authority, { spiffeId: website })

const tokenPolicy = `
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: token, namespace: curity}
spec:
  selector: {matchLabels: {role: curity-idsvr-runtime}}
  rules:
    - from: [{source: {principals: [curitydemo/ns/applications/sa/mywebsite]}}]
      to: [{operation: {methods: [POST], paths: [/oauth/v2/oauth-token]}}]
    - to: [{operation: {paths: [/jwks]}}]
`

function policies(text: string) {
  const { policies, diagnostics } = readAuthorizationPolicies(text, 'policy.yaml')
  if (diagnostics.length > 0) throw new Error(JSON.stringify(diagnostics))
  return policies
}

function authorizer(settings: Partial<AuthorizerSettings> = {}): Authorizer {
  return createAuthorizer({
    policies: policies(tokenPolicy),
    trustDomain: 'curitydemo',
    trustDomainAliases: [],
    rootNamespace: 'istio-system',
    whenNoPolicy: 'deny',
    workload: { namespace: 'curity', labels: { role: 'curity-idsvr-runtime' } },
    header: 'x-client-certificate',
    ...settings,
  })
}

function call(
  request: RequestInit | Uint8Array,
  using: Authorizer = authorizer(),
  metadata: Readonly<Record<string, readonly string[]>> = {},
) {
  const bytes = request instanceof Uint8Array ? request : checkRequest(request)
  const { response, record } = check(bytes, key => metadata[key] ?? [], using)
  const { case: kind, value } = response.httpResponse
  return {
    code: response.status?.code,
    record,
    kind,
    httpStatus: kind === 'deniedResponse' ? Number(value.status?.code) : undefined,
    set:
      kind === 'okResponse'
        ? Object.fromEntries(value.headers.map(({ header }) => [header?.key, header?.value]))
        : {},
    removed: kind === 'okResponse' ? value.headersToRemove : [],
    body: kind === 'deniedResponse' ? value.body : '',
  }
}

test('a workload that a rule names passes, with its certificate in the header', t => {
  const { code, set, removed, record } = call({ certificate: svid.certificate })
  t.is(code, 0)
  t.deepEqual(set, { 'x-client-certificate': encodeURIComponent(svid.certificate) })
  t.false(removed.includes('x-client-certificate'))
  t.true(removed.includes('x_client_certificate'))
  t.is(record.rule, 'ns[curity]-policy[token]-rule[0]')
  t.deepEqual(record.peer, { kind: 'svid', spiffeId: website })
})

test('a workload that no rule names is denied', async t => {
  const other = await issueSvid(authority, { spiffeId: 'spiffe://curitydemo/ns/a/sa/other' })
  const { code, kind, httpStatus, record } = call({ certificate: other.certificate })
  t.is(code, 7)
  t.is(kind, 'deniedResponse')
  t.is(httpStatus, 403)
  t.is(record.reason, 'no-rule-matched')
})

test('the body of a denial has the id of the log and nothing of the policy', t => {
  const { body, record } = call({ path: '/oauth/v2/oauth-token' })
  t.is(JSON.parse(body).decision_id, record.id)
  t.notRegex(body, /token\b|policy|rule|curity/)
})

test('without a certificate a rule about identity does not match', t => {
  const { code, record } = call({})
  t.is(code, 7)
  t.deepEqual(record.peer, { kind: 'absent' })
})

test('without a certificate a rule that asks for no identity passes, and the header goes', t => {
  const { code, set, removed } = call({
    path: '/jwks',
    headers: { 'x-client-certificate': 'forged' },
  })
  t.is(code, 0)
  t.deepEqual(set, {})
  t.true(removed.includes('x-client-certificate'))
})

test('with an invalid certificate a rule that asks for no identity passes without the header', async t => {
  const two = await issueSvid(authority, { spiffeId: website, uris: [website, `${website}2`] })
  const { code, set, removed, record } = call({ certificate: two.certificate, path: '/jwks' })
  t.is(code, 0)
  t.deepEqual(set, {})
  t.true(removed.includes('x-client-certificate'))
  t.is(record.peer?.kind, 'invalid')
})

for (const [what, options] of [
  ['with two URI SANs', { uris: [website, 'spiffe://curitydemo/ns/a/sa/b'] }],
  ['with the ID in a DNS SAN', { uris: [], dnsNames: [website] }],
  ['with the ID in its subject', { uris: [], subject: `CN=${website}`, dnsNames: ['a.example'] }],
  ['that has expired', { notAfter: new Date(Date.now() - 1000) }],
  ['that is not valid yet', { notBefore: new Date(Date.now() + 60_000) }],
] as const) {
  test(`a certificate ${what} is no identity`, async t => {
    const broken = await issueSvid(authority, { spiffeId: website, ...options })
    const { code, record } = call({ certificate: broken.certificate, principal: website })
    t.is(code, 7)
    t.is(record.peer?.kind, 'invalid')
  })
}

test('an undecidable identity is held against the caller by a DENY rule', async t => {
  const deny = policies(`
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: no-evil, namespace: curity}
spec:
  action: DENY
  rules: [{from: [{source: {principals: [curitydemo/ns/a/sa/evil]}}]}]
`)
  const two = await issueSvid(authority, {
    spiffeId: website,
    uris: ['spiffe://curitydemo/ns/a/sa/evil', website],
  })
  const using = authorizer({ policies: deny, whenNoPolicy: 'allow' })
  t.is(call({ certificate: two.certificate }, using).code, 7)
  t.is(call({ certificate: svid.certificate }, using).code, 0)
  t.is(call({}, using).code, 0)
})

test("the identity is never Envoy's principal nor a header", t => {
  const { code, record } = call({
    principal: website,
    headers: {
      'x-client-certificate': encodeURIComponent(svid.certificate),
      'x-forwarded-client-cert': `URI=${website}`,
    },
  })
  t.is(code, 7)
  t.deepEqual(record.peer, { kind: 'absent' })
})

test('a workload that no policy selects is denied, or allowed as Istio does when so configured', t => {
  const elsewhere = { [namespaceKey]: ['elsewhere'] }
  const request = { certificate: svid.certificate }
  t.is(call(request, authorizer(), elsewhere).record.reason, 'no-policy')
  t.is(call(request, authorizer(), elsewhere).code, 7)
  t.is(call(request, authorizer({ whenNoPolicy: 'allow' }), elsewhere).code, 0)
})

test('metadata that names no workload is denied even when missing policies allow', t => {
  const { code, record } = call(
    { certificate: svid.certificate },
    authorizer({ whenNoPolicy: 'allow' }),
    { [namespaceKey]: ['a', 'b'] },
  )
  t.is(code, 7)
  t.is(record.reason, 'malformed-workload')
})

test('a certificate must lead to the bundle of its own trust domain when bundles are given', async t => {
  const foreign = await createAuthority({ trustDomain: 'curitydemo' })
  const impostor = await issueSvid(foreign, { spiffeId: website })
  const { bundle } = readTrustBundle(authority.caPem, {
    file: 'ca.pem',
    trustDomain: 'curitydemo',
  })
  if (bundle === undefined) return t.fail()
  const using = authorizer({ trustBundles: new Map([['curitydemo', bundle]]) })
  t.is(call({ certificate: svid.certificate }, using).code, 0)
  t.is(call({ certificate: impostor.certificate }, using).code, 7)
  t.is(call({ certificate: impostor.certificate }).code, 0)
  const none = authorizer({ trustBundles: new Map([['example.org', bundle]]) })
  t.is(call({ certificate: svid.certificate }, none).code, 7)
})

test('a certificate counts at the moment of the check', t => {
  const using = authorizer()
  const later: Authorizer = { ...using, now: () => Date.now() + 7 * 24 * 3600 * 1000 }
  t.is(call({ certificate: svid.certificate }, using).code, 0)
  t.is(call({ certificate: svid.certificate }, later).code, 7)
})

test('a service that fails denies with 503, and only the log has the error', t => {
  const broken: Authorizer = {
    ...authorizer(),
    policiesFor() {
      throw new Error('the disk is on fire')
    },
  }
  const { code, httpStatus, body, record } = call({ certificate: svid.certificate }, broken)
  t.is(code, 7)
  t.is(httpStatus, 503)
  t.notRegex(body, /fire/)
  t.is(record.reason, 'internal-error')
  t.regex(String(record.error), /the disk is on fire/)
})

test('in dry run a denial is written down and the header rules hold', async t => {
  const using = authorizer({ dryRun: true })
  const other = await issueSvid(authority, { spiffeId: 'spiffe://curitydemo/ns/a/sa/other' })
  const passed = call({ certificate: other.certificate }, using)
  t.is(passed.code, 0)
  t.like(passed.record, { verdict: 'deny', enforced: false, reason: 'no-rule-matched' })
  t.is(passed.set['x-client-certificate'], encodeURIComponent(other.certificate))
  const bare = call({ headers: { 'x-client-certificate': 'forged' } }, using)
  t.is(bare.code, 0)
  t.true(bare.removed.includes('x-client-certificate'))
  t.true(call(Buffer.from('garbage'), using).removed.includes('x-client-certificate'))
})

test('bytes that are no check request are denied', t => {
  const { code, record } = call(Buffer.from('not protobuf at all'))
  t.is(code, 7)
  t.is(record.reason, 'malformed-check')
})

test('an empty check request is denied', t => {
  t.is(call(new Uint8Array()).code, 7)
})

test('no bytes whatever are allowed, and none leave the status out', t => {
  const using = authorizer()
  t.notThrows(() =>
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), bytes => call(bytes, using).code === 7),
      { numRuns: 500 },
    ),
  )
})

test('a check request with some bytes changed never passes with another certificate', t => {
  const { bundle } = readTrustBundle(authority.caPem, {
    file: 'ca.pem',
    trustDomain: 'curitydemo',
  })
  if (bundle === undefined) return t.fail()
  const using = authorizer({ trustBundles: new Map([['curitydemo', bundle]]) })
  const sound = checkRequest({ certificate: svid.certificate })
  const forwarded = encodeURIComponent(svid.certificate)
  t.notThrows(() =>
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(sound.length - 1), fc.nat(255)), { minLength: 1, maxLength: 3 }),
        changes => {
          const bytes = sound.slice()
          for (const [index, value] of changes) bytes[index] = value
          const { code, set } = call(bytes, using)
          return code === 7 || set['x-client-certificate'] === forwarded
        },
      ),
      { numRuns: 500 },
    ),
  )
})
