import { createContext, runInContext } from 'node:vm'
import test from 'ava'
import { fileOf, generated } from '../generated-case.js'

const text = `authorizationServer: {curity: {tokenProcedures: files}}
clients:
  - {clientId: web, workload: a/web, type: spiffe-web, redirectUris: ["https://a.example/"]}
  - {clientId: other, workload: a/other, redirectUris: ["https://b.example/"]}`

function script(flow: string, id: string): string {
  return fileOf(generated(text), `curity/token-procedures/${flow}/${id}.js`)
}

const code = script('oauth-token-authorization-code', 'sidecert_authorization_code')
const refresh = script('oauth-token-refresh', 'sidecert_refresh')

type Data = Record<string, unknown>

/** What Curity hands a procedure; issuers give the data back as the token, to be looked at. */
function procedureContext(type: string | null, scopes: readonly string[], presented: unknown) {
  const issuer = (kind: string) => ({
    issue: (data: Data, delegation?: unknown) => ({ kind, data: { ...data }, delegation }),
    atHash: () => 'hash',
  })
  return {
    client: { properties: { 'client-type': type } },
    delegation: 'the delegation',
    presentedToken: { value: presented },
    scopeNames: { contains: (name: string) => scopes.includes(name) },
    delegationIssuer: issuer('delegation'),
    accessTokenIssuer: issuer('access'),
    refreshTokenIssuer: issuer('refresh'),
    idTokenIssuer: issuer('id'),
    getDefaultDelegationData: () => ({
      owner: 'jane',
      mtlsClientCertificate: 'PEM',
      mtlsClientCertificateThumbprintS256: 'abc',
    }),
    getDefaultAccessTokenData: () => ({ scope: 'read', exp: 100, cnf: { 'x5t#S256': 'abc' } }),
    getDefaultRefreshTokenData: () => ({ rolling: true }),
    getDefaultIdTokenData: () => ({ sub: 'jane' }),
  }
}

function run(
  source: string,
  type: string | null,
  scopes: readonly string[] = [],
  presented: unknown = 'rt',
) {
  const sandbox = createContext({
    secondsUntil: (moment: number) => moment - 40,
    context: procedureContext(type, scopes, presented),
  })
  return JSON.parse(runInContext(`${source}\nJSON.stringify(result(context))`, sandbox))
}

test('an authorization code gives tokens without the certificate to clients of the type', t => {
  const { access_token, refresh_token, ...rest } = run(code, 'spiffe-web')
  t.deepEqual(rest, { scope: 'read', token_type: 'bearer', expires_in: 60 })
  t.deepEqual(access_token.data, { scope: 'read', exp: 100 })
  t.deepEqual(access_token.delegation.data, { owner: 'jane' })
  t.deepEqual(refresh_token.data, { rolling: true })
})

test('an authorization code gives all other clients bound tokens', t => {
  for (const type of [null, 'spiffe', 'spiffe-web2']) {
    const { access_token } = run(code, type)
    t.deepEqual(access_token.data.cnf, { 'x5t#S256': 'abc' })
    t.is(access_token.delegation.data.mtlsClientCertificateThumbprintS256, 'abc')
  }
})

test('an ID token comes with openid alone, with the hash of the access token', t => {
  t.false('id_token' in run(code, 'spiffe-web', ['read']))
  t.deepEqual(run(code, 'spiffe-web', ['openid']).id_token.data, { sub: 'jane', at_hash: 'hash' })
})

test('a refresh leaves out the certificate for clients of the type, and for them alone', t => {
  t.deepEqual(run(refresh, 'spiffe-web').access_token.data, { scope: 'read', exp: 100 })
  t.true('cnf' in run(refresh, null).access_token.data)
})

test('a refresh keeps the presented token, or issues one where the server gave none', t => {
  t.is(run(refresh, null).refresh_token, 'rt')
  t.deepEqual(run(refresh, null, [], null).refresh_token.data, { rolling: true })
})

test('the scripts are of ECMAScript 5, and say what they cost', t => {
  for (const source of [code, refresh]) {
    t.notRegex(source.replaceAll(/\/\/.*|\/\*[\s\S]*?\*\//g, ''), /\b(?:let|const)\b|=>|`/)
    t.regex(source, /SECURITY: the tokens of these clients are not bound to a certificate/)
  }
})
