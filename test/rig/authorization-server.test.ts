import { createHash } from 'node:crypto'
import test, { type ExecutionContext } from 'ava'
import {
  type AuthorizationServer,
  startAuthorizationServer,
  tokenPath,
} from '../../rig/authorization-server.js'
import { type CallResult, callHttp1 } from '../../rig/caller.js'
import type { HeaderReading } from '../../rig/certificate-header.js'
import type { HeaderLines } from '../../rig/header-lines.js'
import { createAuthority, issueSvid } from '../../rig/pki.js'

const website = 'spiffe://example.org/ns/applications/sa/website'
const reports = 'spiffe://example.org/ns/applications/sa/reports'

async function started(t: ExecutionContext, reading: HeaderReading) {
  const authority = await createAuthority({ trustDomain: 'example.org' })
  const server = await startAuthorizationServer({
    clients: [
      { clientId: 'website-client', spiffeId: website },
      { clientId: 'reports-client', spiffeId: reports },
    ],
    headerName: 'x-client-certificate',
    trustedCa: authority.caPem,
    reading,
  })
  t.teardown(() => server.close())
  return { authority, server }
}

/** Asks for a token of the website's client. */
function ask(server: AuthorizationServer, certificates: HeaderLines): Promise<CallResult> {
  return callHttp1({
    port: server.port,
    tls: { kind: 'plaintext' },
    method: 'POST',
    path: tokenPath,
    headerLines: [['Content-Type', 'application/x-www-form-urlencoded'], ...certificates],
    body: 'grant_type=client_credentials&client_id=website-client&scope=reports',
  })
}

function line(pem: string, name = 'x-client-certificate'): readonly [string, string] {
  return [name, encodeURIComponent(pem)]
}

function claims(result: CallResult) {
  const { access_token: token } = JSON.parse(result.kind === 'answer' ? result.body : '{}')
  return JSON.parse(Buffer.from(token.split('.')[1], 'base64url').toString('utf8'))
}

test('a client gets a token that is bound to the certificate in the header', async t => {
  const { authority, server } = await started(t, 'careful')
  const svid = await issueSvid(authority, { spiffeId: website })

  const result = await ask(server, [line(svid.certificate)])

  t.like(result, { kind: 'answer', status: 200 })
  t.like(claims(result), {
    client_id: 'website-client',
    cnf: { 'x5t#S256': createHash('sha256').update(svid.der).digest('base64url') },
  })
})

const refused = { kind: 'answer', status: 401 }

test('a client gets no token with another certificate', async t => {
  const { authority, server } = await started(t, 'careful')
  const stranger = await createAuthority({ trustDomain: 'example.org' })
  const good = await issueSvid(authority, { spiffeId: website })
  const wrong = {
    'of another client': await issueSvid(authority, { spiffeId: reports }),
    'of another authority': await issueSvid(stranger, { spiffeId: website }),
    'with a second URI': await issueSvid(authority, {
      spiffeId: website,
      uris: [website, 'spiffe://example.org/ns/b/sa/c'],
    }),
    'with a URI that looks like two': await issueSvid(authority, {
      spiffeId: website,
      uris: [`spiffe://example.org/a, URI:${website}`],
    }),
    'that has expired': await issueSvid(authority, {
      spiffeId: website,
      notBefore: new Date(Date.now() - 7_200_000),
      notAfter: new Date(Date.now() - 3_600_000),
    }),
  }
  for (const [title, { certificate }] of Object.entries(wrong))
    t.like(await ask(server, [line(certificate)]), refused, title)
  t.like(await ask(server, []), refused, 'no certificate at all')
  t.like(
    await ask(server, [['x-client-certificate', good.certificate.replaceAll('\n', ' ')]]),
    refused,
  )
  t.like(await ask(server, [line(good.certificate + good.certificate)]), refused, 'two blocks')
  t.like(await ask(server, [line(`x\n${good.certificate}`)]), refused, 'text before the block')
})

test('a careful server refuses repeated lines, a naive one believes the first', async t => {
  for (const reading of ['careful', 'first-line'] as const) {
    const { authority, server } = await started(t, reading)
    const forged = await issueSvid(authority, { spiffeId: website })
    const own = await issueSvid(authority, { spiffeId: reports })
    const expected = { kind: 'answer', status: reading === 'careful' ? 401 : 200 }

    const repeated = await ask(server, [line(forged.certificate), line(own.certificate)])
    t.like(repeated, expected)
    const spelled = [line(forged.certificate), line(own.certificate, 'X_Client_Certificate')]
    t.like(await ask(server, spelled), expected)
  }
})

test('the server keeps the header lines as they came', async t => {
  const { server } = await started(t, 'careful')
  await ask(server, [
    ['x-call-id', '7'],
    ['X-Client-Certificate', 'one'],
    ['x-client-certificate', 'two'],
  ])
  const [request] = server.arrived('7')
  t.deepEqual(
    request?.headerLines.filter(([name]) => /^x-client/i.test(name)),
    [
      ['X-Client-Certificate', 'one'],
      ['x-client-certificate', 'two'],
    ],
  )
})
