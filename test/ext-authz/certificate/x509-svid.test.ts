import { createHash, X509Certificate } from 'node:crypto'
import test from 'ava'
import fc from 'fast-check'
import {
  parseX509Svid,
  X509SvidError,
  type X509SvidErrorCode,
} from '../../../ext-authz/certificate/index.js'
import { createAuthority, keyPurpose } from '../../../rig/pki.js'
import { at, derOf, leaf, pemOf, spiffeId, validity } from './certificates.js'

test('a valid SVID gives its identity and the facts of its certificate', async t => {
  const pem = await leaf({ serialNumber: '0a0b0c' })
  const der = derOf(pem)
  t.deepEqual(parseX509Svid(pem, { at }), {
    spiffeId: { trustDomain: 'example.org', path: '/ns/applications/sa/mywebsite' },
    uri: spiffeId,
    notBefore: validity.notBefore,
    notAfter: validity.notAfter,
    serialNumber: '0a0b0c',
    der: new Uint8Array(der),
    thumbprintS256: createHash('sha256').update(der).digest('base64url'),
  })
})

test('the moment may be milliseconds since 1970', async t => {
  const pem = await leaf()
  t.is(parseX509Svid(pem, { at: at.getTime() }).uri, spiffeId)
  const late = { at: validity.notAfter.getTime() + 1 }
  t.is(
    codeOf(() => parseX509Svid(pem, late)),
    'expired',
  )
})

for (const moment of [new Date(Number.NaN), Number.NaN, Number.POSITIVE_INFINITY, '2026', null]) {
  test(`a moment that is none is refused: ${String(moment)}`, async t => {
    const pem = await leaf()
    const error = t.throws(() => parseX509Svid(pem, { at: moment as Date }), {
      instanceOf: X509SvidError,
      message: 'not a valid X.509-SVID: the moment to hold it against is no moment',
    })
    t.is(error.code, 'bad-moment')
  })
}

for (const [purposes, verdict] of [
  [null, 'accepted'],
  [[keyPurpose.clientAuth], 'accepted'],
  [[keyPurpose.serverAuth, keyPurpose.clientAuth], 'accepted'],
  [[keyPurpose.any], 'accepted'],
  [[keyPurpose.serverAuth], 'not-for-clients'],
  [[keyPurpose.codeSigning], 'not-for-clients'],
] as const) {
  test(`for a client, an Extended Key Usage of ${purposes} is ${verdict}`, async t => {
    const pem = await leaf({ extendedKeyUsage: purposes })
    t.is(parseX509Svid(pem, { at }).uri, spiffeId)
    t.is(codeOf(() => parseX509Svid(pem, { at, usage: 'client' })) ?? 'accepted', verdict)
  })
}

test('an error says the rule in words and quotes nothing of the input', async t => {
  const pem = await leaf({ uris: ['spiffe://example.org/secret\n'] })
  const error = t.throws(() => parseX509Svid(pem, { at }), { instanceOf: X509SvidError })
  t.is(error.rule, 'a subject alternative name has characters that are not printable ASCII')
  t.is(error.message, `not a valid X.509-SVID: ${error.rule}`)
})

test('every octet is tried in a SPIFFE ID, and the allowed ones alone pass', async t => {
  // One certificate, its last octet of the ID replaced: the signature is not looked at.
  const der = derOf(await leaf())
  const position = der.indexOf(spiffeId) + spiffeId.length - 1
  for (let octet = 0; octet < 256; octet++) {
    der[position] = octet
    const allowed = octet < 128 && /[A-Za-z0-9._-]/.test(String.fromCharCode(octet))
    const code = codeOf(() => parseX509Svid(pemOf(der), { at }))
    t.is(code === undefined, allowed, `octet ${octet}: ${code}`)
  }
})

for (const [title, text, code] of [
  ['nothing', '', 'not-pem'],
  ['newlines only', '\n\n', 'not-pem'],
  ['a number', 1, 'not-pem'],
  ['nothing at all', undefined, 'not-pem'],
  ['an empty block', '-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n', 'bad-base64'],
  ['a block without end', '-----BEGIN CERTIFICATE-----\nAAAA\n', 'not-pem'],
  ['two million newlines', '\n'.repeat(2_000_000), 'too-large'],
  ['a long beginning', `-----BEGIN ${'-'.repeat(100_000)}`, 'wrong-label'],
] as const) {
  test(`a text that is ${title} is refused with ${code}`, t => {
    t.is(
      codeOf(() => parseX509Svid(text as string, { at })),
      code,
    )
  })
}

test('a certificate of 900 names is read, and one beyond the size limit is not', async t => {
  const names = (count: number) => Array.from({ length: count }, (_, n) => `host-${n}.example.org`)
  t.is(parseX509Svid(await leaf({ dnsNames: names(900) }), { at }).uri, spiffeId)
  const large = await leaf({ dnsNames: names(6000) })
  t.is(
    codeOf(() => parseX509Svid(large, { at })),
    'too-large',
  )
})

test('the certificate of an authority is no SVID', async t => {
  const { certificatePem } = await createAuthority({ trustDomain: 'example.org', ...validity })
  t.is(
    codeOf(() => parseX509Svid(certificatePem, { at })),
    'root-path',
  )
})

test('any text is an SVID or an X509SvidError', t => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), text => {
      t.not(
        codeOf(() => parseX509Svid(text, { at })),
        undefined,
      )
    }),
  )
  t.pass()
})

test('whatever is changed in a certificate, the identity is the one that OpenSSL reads', async t => {
  const ders = [
    derOf(await leaf({ dnsNames: ['a.example.org'], subject: 'CN=mywebsite' })),
    derOf(await leaf({ keyType: 'rsa-2048', extendedKeyUsage: null })),
  ]
  const changes = fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(255)), {
    minLength: 1,
    maxLength: 4,
  })
  let accepted = 0
  fc.assert(
    fc.property(fc.constantFrom(...ders), changes, (original, list) => {
      const der = Buffer.from(original)
      for (const [where, octet] of list) der[Math.floor(where * (der.length - 1))] = octet
      const pem = pemOf(der)
      const uri = uriOf(pem)
      if (uri === undefined) return
      accepted++
      const names = new X509Certificate(pem).subjectAltName?.split(', ') ?? []
      t.deepEqual(
        names.filter(name => name.startsWith('URI:')),
        [`URI:${uri}`],
      )
    }),
    { numRuns: 1000 },
  )
  t.true(accepted > 0)
})

test('an octet put in or taken out anywhere leaves no valid certificate', async t => {
  const der = derOf(await leaf())
  for (let position = 0; position < der.length; position++) {
    const shorter = Buffer.concat([der.subarray(0, position), der.subarray(position + 1)])
    const longer = Buffer.concat([
      der.subarray(0, position),
      der.subarray(position, position + 1),
      der.subarray(position),
    ])
    t.is(uriOf(pemOf(shorter)), undefined, `without octet ${position}`)
    t.is(uriOf(pemOf(longer)), undefined, `octet ${position} twice`)
  }
})

test('a character changed anywhere in the PEM text never gives another identity', async t => {
  const pem = await leaf()
  const der = derOf(pem)
  for (let position = 0; position < pem.length; position++) {
    for (const character of ['\0', ' ', '\n', '-', '=', 'A', '\u00e9']) {
      const text = pem.slice(0, position) + character + pem.slice(position + 1)
      const uri = uriOf(text)
      if (uri === undefined) continue
      t.is(new X509Certificate(text).subjectAltName ?? '', `URI:${uri}`)
      if (!/[A]/.test(character)) t.deepEqual(derOf(text), der)
    }
  }
})

function uriOf(pem: string): string | undefined {
  try {
    return parseX509Svid(pem, { at }).uri
  } catch (error) {
    if (error instanceof X509SvidError) return undefined
    throw error
  }
}

function codeOf(parse: () => unknown): X509SvidErrorCode | undefined {
  try {
    parse()
    return undefined
  } catch (error) {
    if (error instanceof X509SvidError) return error.code
    throw error
  }
}
