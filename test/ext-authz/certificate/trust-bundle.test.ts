import { X509Certificate } from 'node:crypto'
import test from 'ava'
import fc from 'fast-check'
import { readTrustBundle } from '../../../ext-authz/certificate/index.js'
import { type Authority, createAuthority } from '../../../rig/pki.js'
import { at, leaf, validity } from './certificates.js'

const privateKey = '-----BEGIN EC PRIVATE KEY-----\nAAAA\n-----END EC PRIVATE KEY-----\n'

test('in PEM, what its own key signed is a root and the rest are intermediates', async t => {
  const root = await authority({})
  const intermediate = await authority({ issuer: root })
  const { bundle, diagnostics } = read(intermediate.certificatePem + root.certificatePem)
  t.deepEqual(diagnostics, [])
  t.is(bundle?.trustDomain, 'example.org')
  t.deepEqual(dersOf(bundle?.anchors), [derOf(root)])
  t.deepEqual(dersOf(bundle?.intermediates), [derOf(intermediate)])
})

test('a self-issued certificate under another key is an intermediate', async t => {
  const old = await authority({ subject: 'CN=Root' })
  const renewed = await authority({ subject: 'CN=Root' })
  const rollover = await authority({ subject: 'CN=Root', keys: renewed.keys, issuer: old })
  const { bundle } = read(old.certificatePem + rollover.certificatePem)
  t.deepEqual(dersOf(bundle?.anchors), [derOf(old)])
  t.deepEqual(dersOf(bundle?.intermediates), [derOf(rollover)])
})

test('comments, empty lines, CRLF and repeated certificates are let pass in PEM', async t => {
  const { certificatePem } = await authority({})
  const text = `# root of example.org\n\n${certificatePem}\n# again\n${certificatePem}`
  for (const spelling of [text, text.replaceAll('\n', '\r\n'), text.trimEnd()]) {
    const { bundle, diagnostics } = read(spelling)
    t.deepEqual(diagnostics, [])
    t.is(bundle?.anchors.length, 1)
  }
})

test('in SPIFFE JSON every certificate is a root', async t => {
  const root = await authority({})
  const intermediate = await authority({ issuer: root })
  const { bundle, diagnostics } = read(spiffeBundle([entry(root), entry(intermediate)]))
  t.deepEqual(diagnostics, [])
  t.deepEqual(dersOf(bundle?.anchors), [derOf(root), derOf(intermediate)])
  t.deepEqual(bundle?.intermediates, [])
})

test('keys of every type are read from SPIFFE JSON', async t => {
  for (const keyType of ['ec-p256', 'ec-p384', 'ec-p521', 'rsa-2048', 'ed25519'] as const) {
    const { bundle, diagnostics } = read(spiffeBundle([entry(await authority({ keyType }))]))
    t.deepEqual(diagnostics, [])
    t.is(bundle?.anchors.length, 1)
  }
})

test('entries for another use are passed over, and one without certificate with a warning', async t => {
  const root = await authority({})
  const { x5c: _, ...bare } = entry(root)
  const jwt = { ...bare, use: 'jwt-svid', kid: 'a' }
  const text = spiffeBundle([
    jwt,
    { kty: 'new', use: 'new' },
    entry(root),
    bare,
    { ...bare, x5c: [] },
  ])
  const { bundle, diagnostics } = read(text)
  t.is(bundle?.anchors.length, 1)
  t.deepEqual(summary(diagnostics), ['SC0410:5', 'SC0410:6'])
})

test('what JSON does not know of YAML has no meaning in a SPIFFE bundle', async t => {
  const merged = `{"<<": ${spiffeBundle([entry(await authority({}))])}}`
  t.deepEqual(summary(read(merged).diagnostics), ['SC0401:1'])
  const escaped = spiffeBundle([entry(await authority({}))]).replaceAll('/', '\\/')
  t.is(read(escaped).bundle?.anchors.length, 1)
  const tabs = JSON.stringify({ keys: [entry(await authority({}))] }, null, '\t')
  t.is(read(tabs).bundle?.anchors.length, 1)
})

test('a SPIFFE bundle without keys is read, and trusts nothing, with a warning', t => {
  const { bundle, diagnostics } = read('{"keys": [], "spiffe_sequence": 1}')
  t.deepEqual(bundle, { trustDomain: 'example.org', anchors: [], intermediates: [] })
  t.deepEqual(summary(diagnostics), ['SC0407:1'])
})

test('a PEM bundle without a root is refused, and SPIFFE JSON is the way to mean it', async t => {
  const intermediate = await authority({ issuer: await authority({}) })
  const { bundle, diagnostics } = read(intermediate.certificatePem)
  t.is(bundle, undefined)
  t.deepEqual(
    diagnostics.map(({ code, message }) => [code, message]),
    [['SC0404', 'the trust bundle has no root']],
  )
  t.is(read(spiffeBundle([entry(intermediate)])).bundle?.anchors.length, 1)
})

test('a leaf in a bundle is refused, with its line', async t => {
  const { certificatePem } = await authority({})
  const { bundle, diagnostics } = read(`# root\n${certificatePem}# leaf\n${await leaf()}`)
  t.is(bundle, undefined)
  t.is(diagnostics.length, 1)
  t.is(diagnostics[0]?.code, 'SC0403')
  t.is(diagnostics[0]?.place?.line, certificatePem.split('\n').length + 2)
  t.is(diagnostics[0]?.message, "a certificate of the trust bundle is no authority's: it is not cA")
})

test('a private key is refused wherever it stands, with its line and without a word of it', async t => {
  const root = await authority({})
  const { certificatePem, keyPem } = root
  const line = certificatePem.split('\n').length
  for (const key of [keyPem, privateKey, `  ${keyPem}`]) {
    const { bundle, diagnostics } = read(certificatePem + key)
    t.is(bundle, undefined)
    t.deepEqual(summary(diagnostics), [`SC0405:${line}`])
    t.false(JSON.stringify(diagnostics).includes(bodyOf(key).slice(0, 16) || '\0'))
  }
  const secret = { ...entry(root), d: 'c2VjcmV0' }
  const { bundle, diagnostics } = read(spiffeBundle([entry(root), secret]))
  t.is(bundle, undefined)
  t.deepEqual(summary(diagnostics), ['SC0405:3'])
})

test('authorities that are not valid now are kept with a warning, and none valid with another', async t => {
  const past = { notBefore: new Date('2024-01-01'), notAfter: new Date('2025-01-01') }
  const expired = await authority(past)
  const early = await authority({ notBefore: new Date('2026-07-01T00:00:00Z') })
  const valid = await authority({})
  const some = read(expired.certificatePem + early.certificatePem + valid.certificatePem)
  t.is(some.bundle?.anchors.length, 3)
  t.deepEqual(
    some.diagnostics.map(({ severity, message }) => `${severity}: ${message}`),
    [
      'warning: an authority of the trust bundle has expired',
      'warning: an authority of the trust bundle is not valid yet',
    ],
  )
  const none = read(expired.certificatePem)
  t.is(none.bundle?.anchors.length, 1)
  t.deepEqual(summary(none.diagnostics), ['SC0406:1', 'SC0407:1'])
})

test('an authority that can never be used is named with its reason', async t => {
  const { diagnostics } = read((await authority({ keyType: 'rsa-1024' })).certificatePem)
  t.deepEqual(
    diagnostics.map(({ code, message }) => [code, message]),
    [['SC0408', 'an authority of the trust bundle cannot be used: its key is weak']],
  )
})

test('an authority that names another trust domain is pointed out', async t => {
  const foreign = await createAuthority({ trustDomain: 'other.example', ...validity })
  t.deepEqual(summary(read(foreign.certificatePem).diagnostics), ['SC0409:1'])
})

for (const [title, text, expected] of [
  ['nothing', '', 'SC0401:1'],
  ['comments only', '# nothing\n\n', 'SC0401:1'],
  ['text', '# comment\nhello\n', 'SC0401:2'],
  ['an end without a beginning', '\n-----END CERTIFICATE-----\n', 'SC0401:2'],
  ['a block without end', '-----BEGIN CERTIFICATE-----\nAAAA\n', 'SC0401:1'],
  [
    'a block ended by another',
    block('CERTIFICATE', 'AAAA').replace('END C', 'END X C'),
    'SC0401:1',
  ],
  [
    'a block inside a block',
    `-----BEGIN CERTIFICATE-----\n${block('CERTIFICATE', 'AAAA')}`,
    'SC0401:1',
  ],
  ['a revocation list', block('X509 CRL', 'AAAA'), 'SC0401:1'],
  ['a trusted certificate', block('TRUSTED CERTIFICATE', 'AAAA'), 'SC0401:1'],
  ['broken base64', block('CERTIFICATE', 'AA?A'), 'SC0402:1'],
  ['no DER', block('CERTIFICATE', 'AAAA'), 'SC0402:1'],
  ['JSON that breaks off', '{\n"keys": [', 'SC0401:2'],
  ['JSON with a comma too many', '{\n"keys": [],\n}', 'SC0401:3'],
  ['JSON without keys', '{"a": 1}', 'SC0401:1'],
  ['JSON with keys of another type', '{\n"keys": {}}', 'SC0401:2'],
  ['a key that is a text', '{"keys": ["a"]}', 'SC0401:1'],
  ['a JSON list', '[]', 'SC0401:1'],
  ['keys twice', '{"keys": [],\n "keys": []}', 'SC0002:2'],
  ['x5c as a text', '{"keys": [\n{"use": "x509-svid", "x5c": "AAAA"}]}', 'SC0401:2'],
  [
    'x5c with two certificates',
    '{"keys": [{"use": "x509-svid", "x5c": ["AAAA", "AAAA"]}]}',
    'SC0401:1',
  ],
  ['x5c without DER', '{"keys": [{"use": "x509-svid", "x5c": ["AAAA"]}]}', 'SC0402:1'],
  ['x5c in base64url', '{"keys": [{"use": "x509-svid", "x5c": ["_-_-"]}]}', 'SC0402:1'],
] as const) {
  test(`a bundle that is ${title} is refused`, t => {
    const { bundle, diagnostics } = read(text)
    t.is(bundle, undefined)
    t.deepEqual(summary(diagnostics), [expected])
  })
}

test('a certificate under the key of another is refused in SPIFFE JSON', async t => {
  const [one, two] = [entry(await authority({})), entry(await authority({}))]
  const { bundle, diagnostics } = read(spiffeBundle([{ ...one, x5c: two.x5c }]))
  t.is(bundle, undefined)
  t.deepEqual(
    diagnostics.map(({ code, message }) => [code, message]),
    [
      [
        'SC0402',
        'a certificate of the trust bundle cannot be read: its key is not the key of its entry',
      ],
    ],
  )
})

test('a bundle stands for a trust domain and nothing else', async t => {
  const { certificatePem } = await authority({})
  for (const trustDomain of ['', 'Example.org', 'spiffe://example.org', 'example.org/a']) {
    const { bundle, diagnostics } = readTrustBundle(certificatePem, { file: 'b.pem', trustDomain })
    t.is(bundle, undefined)
    t.deepEqual(summary(diagnostics), ['SC0401:1'])
  }
})

test('whatever is changed in a bundle, it is read or refused with a place, and nothing is thrown', async t => {
  const root = await authority({})
  const originals = [root.certificatePem, spiffeBundle([entry(root)])]
  const position = fc.double({ min: 0, max: 1, noNaN: true })
  fc.assert(
    fc.property(fc.constantFrom(...originals), position, fc.string(), (original, where, text) => {
      const at = Math.floor(where * original.length)
      const { bundle, diagnostics } = read(original.slice(0, at) + text + original.slice(at + 1))
      t.is(
        bundle === undefined,
        diagnostics.some(({ severity }) => severity === 'error'),
      )
      t.true(diagnostics.every(({ place }) => place?.file === 'bundle.pem'))
      // A key that was changed is another key: what is trusted is what the root is, or nothing.
      for (const { subjectPublicKeyInfo } of bundle?.anchors ?? []) {
        t.true(Buffer.from(root.certificate.publicKey.rawData).equals(subjectPublicKeyInfo))
      }
    }),
    { numRuns: 500 },
  )
})

test('a bundle larger than a mebibyte is refused unread', t => {
  t.deepEqual(summary(read('#'.repeat(1024 * 1024 + 1)).diagnostics), ['SC0401:1'])
})

function authority(options: Partial<Parameters<typeof createAuthority>[0]>): Promise<Authority> {
  return createAuthority({ trustDomain: 'example.org', ...validity, ...options })
}

function read(text: string) {
  return readTrustBundle(text, { file: 'bundle.pem', trustDomain: 'example.org', at })
}

function summary(diagnostics: ReturnType<typeof read>['diagnostics']): string[] {
  return diagnostics.map(({ code, place }) => `${code}:${place?.line}`)
}

function dersOf(certificates: readonly { der: Uint8Array }[] | undefined): string[] | undefined {
  return certificates?.map(({ der }) => Buffer.from(der).toString('base64'))
}

function derOf({ certificatePem }: Authority): string {
  return bodyOf(certificatePem)
}

function bodyOf(pem: string): string {
  return pem.replace(/-----[^-]+-----|\s/g, '')
}

function block(label: string, body: string): string {
  return `-----BEGIN ${label}-----\n${body}\n-----END ${label}-----\n`
}

function entry(of: Authority) {
  const jwk = new X509Certificate(of.certificatePem).publicKey.export({ format: 'jwk' })
  return { ...jwk, use: 'x509-svid', x5c: [derOf(of)] }
}

/** One entry a line, the first on line 2. */
function spiffeBundle(keys: readonly object[]): string {
  return `{"keys": [\n${keys.map(key => JSON.stringify(key)).join(',\n')}\n]}`
}
