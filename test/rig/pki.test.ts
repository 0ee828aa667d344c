import { X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { connect, createServer, type TLSSocket } from 'node:tls'
import test, { type ExecutionContext } from 'ava'
import {
  parseX509Svid,
  readTrustBundle,
  verifyX509Svid,
} from '../../ext-authz/certificate/index.js'
import {
  type Authority,
  createAuthority,
  type IssuedSvid,
  issueSvid,
  type SvidOptions,
} from '../../rig/pki.js'
import type { KeyType } from '../../rig/throwaway-keys.js'

const spiffeId = 'spiffe://example.org/ns/applications/sa/mywebsite'
const trustDomain = 'example.org'

for (const keyType of [
  'ec-p256',
  'ec-p384',
  'ec-p521',
  'rsa-2048',
  'rsa-pss-2048',
  'ed25519',
] satisfies KeyType[]) {
  test(`an SVID with ${keyType} keys is valid and leads to its root`, async t => {
    const authority = await createAuthority({ trustDomain, keyType, intermediate: true })
    const svid = await issueSvid(authority, { spiffeId, keyType })
    const at = new Date()
    const parsed = parseX509Svid(svid.certificate, { at, usage: 'client' })
    t.is(parsed.uri, spiffeId)
    const text = svid.ca + authority.intermediatesPem
    const { bundle, diagnostics } = readTrustBundle(text, { file: 'ca.pem', trustDomain })
    t.deepEqual(diagnostics, [])
    t.is(verifyX509Svid(parsed, bundle as never, { at }).length, 3)
  })
}

test('two workloads shake hands by mutual TLS, each with its chain', async t => {
  const authority = await createAuthority({ trustDomain, intermediate: true })
  const server = await issueSvid(authority, { spiffeId: `${spiffeId}-server` })
  const client = await issueSvid(authority, { spiffeId })
  t.deepEqual(await shakeHands(t, server, client), [`URI:${spiffeId}`, `URI:${spiffeId}-server`])
})

test('a workload of another authority of the same name is turned away', async t => {
  const server = await issueSvid(await createAuthority({ trustDomain }), { spiffeId })
  const stranger = await issueSvid(await createAuthority({ trustDomain }), { spiffeId })
  await t.throwsAsync(shakeHands(t, server, { ...stranger, ca: server.ca }), {
    message: /turned away|ECONNRESET|alert/,
  })
})

test('what is sent holds the leaf first, then the intermediates, never the root', async t => {
  const root = await createAuthority({ trustDomain })
  const one = await createAuthority({ trustDomain, issuer: root, subject: 'CN=One' })
  const two = await createAuthority({ trustDomain, issuer: one, subject: 'CN=Two' })
  const svid = await issueSvid(two, { spiffeId })
  t.is(svid.chain, svid.certificate + two.certificatePem + one.certificatePem)
  t.is(svid.ca, root.certificatePem)
  t.deepEqual(svid.der, new Uint8Array(new X509Certificate(svid.certificate).raw))
})

test('a plain SVID lives for a day, has no subject and a critical name', async t => {
  const svid = await issueSvid(await createAuthority({ trustDomain }), { spiffeId })
  const certificate = new X509Certificate(svid.certificate)
  const lifetime = Date.parse(certificate.validTo) - Date.parse(certificate.validFrom)
  t.is(certificate.subject ?? '', '')
  t.is(lifetime, 24 * 3_600_000 + 60_000)
  t.deepEqual(certificate.keyUsage, ['1.3.6.1.5.5.7.3.2', '1.3.6.1.5.5.7.3.1'])
  const svidWithSubject = await issueSvid(await createAuthority({ trustDomain }), {
    spiffeId,
    subject: 'CN=mywebsite',
  })
  t.is(new X509Certificate(svidWithSubject.certificate).subject, 'CN=mywebsite')
  const critical = Buffer.from('0603551d110101ff', 'hex')
  t.true(Buffer.from(svid.der).includes(critical))
  t.false(Buffer.from(svidWithSubject.der).includes(critical))
})

for (const [title, options, code] of [
  ['two URI names', { uris: [spiffeId, `${spiffeId}-2`] }, 'several-uris'],
  ['no URI name', { uris: [] }, 'no-uri'],
  ['a DNS name that spells the ID', { uris: [], dnsNames: [spiffeId] }, 'no-uri'],
  ['no names', { subjectAlternativeName: null }, 'no-uri'],
  ['names of its own making', { subjectAlternativeName: Uint8Array.of(0x30, 0x80) }, 'not-der'],
  ['cA', { ca: true }, 'ca'],
  ['keyCertSign', { keyUsage: ['digitalSignature', 'keyCertSign'] }, 'key-cert-sign'],
  ['cRLSign', { keyUsage: ['digitalSignature', 'cRLSign'] }, 'crl-sign'],
  ['no digitalSignature', { keyUsage: ['keyEncipherment'] }, 'no-digital-signature'],
  ['no Key Usage', { keyUsage: null }, 'no-key-usage'],
  ['another purpose', { extendedKeyUsage: ['1.3.6.1.5.5.7.3.3'] }, 'not-for-clients'],
  ['an end in the past', { notAfter: new Date(Date.now() - 1000) }, 'expired'],
  ['a beginning to come', { notBefore: new Date(Date.now() + 3_600_000) }, 'not-yet-valid'],
] satisfies [string, Partial<SvidOptions>, string][]) {
  test(`a certificate is made with ${title}, and that is its one defect`, async t => {
    const svid = await issueSvid(await createAuthority({ trustDomain }), { spiffeId, ...options })
    t.throws(() => parseX509Svid(svid.certificate, { at: new Date(), usage: 'client' }), {
      code,
    })
  })
}

test('a renewed authority has the keys of the first and another certificate', async t => {
  const first: Authority = await createAuthority({ trustDomain })
  const renewed = await createAuthority({ trustDomain, keys: first.keys })
  t.is(renewed.keyPem, first.keyPem)
  t.not(renewed.certificatePem, first.certificatePem)
})

/** Gives the names that the server saw of the client, and the client of the server. */
async function shakeHands(t: ExecutionContext, server: IssuedSvid, client: IssuedSvid) {
  const listener = createServer(
    { key: server.key, cert: server.chain, ca: server.ca, requestCert: true },
    socket => socket.on('error', () => {}).end(namesOf(socket)),
  )
  t.teardown(() => listener.close())
  listener.listen(0, '127.0.0.1')
  await once(listener, 'listening')
  const socket = connect({
    port: (listener.address() as AddressInfo).port,
    key: client.key,
    cert: client.chain,
    ca: client.ca,
    checkServerIdentity: () => undefined,
  })
  const turnedAway = once(socket, 'close').then(() => Promise.reject(new Error('turned away')))
  const [seenByServer] = await Promise.race([once(socket, 'data'), turnedAway])
  return [String(seenByServer), namesOf(socket)]
}

function namesOf(socket: TLSSocket): string {
  return socket.getPeerX509Certificate()?.subjectAltName ?? ''
}
