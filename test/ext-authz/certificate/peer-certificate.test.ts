import test from 'ava'
import fc from 'fast-check'
import {
  decodePeerCertificate,
  encodeCertificatePem,
  encodePeerCertificate,
  parseX509Svid,
  X509SvidError,
  type X509SvidErrorCode,
} from '../../../ext-authz/certificate/index.js'
import { at, derOf, leaf, spiffeId } from './certificates.js'

test('what Envoy sends is decoded to the PEM text that it came from', async t => {
  const pem = await leaf()
  const value = encodeURIComponent(pem)
  t.true(value.endsWith('-----END%20CERTIFICATE-----%0A'))
  t.is(decodePeerCertificate(value), pem)
  t.is(parseX509Svid(decodePeerCertificate(value), { at }).uri, spiffeId)
})

test('a certificate is encoded as Envoy would, however its PEM is wrapped', async t => {
  const pem = await leaf()
  const value = encodeURIComponent(pem)
  const base64 = derOf(pem).toString('base64')
  const oneLine = `-----BEGIN CERTIFICATE-----\n${base64}\n-----END CERTIFICATE-----`
  t.is(encodePeerCertificate(pem), value)
  t.is(encodePeerCertificate(oneLine), value)
  t.is(encodePeerCertificate(derOf(pem)), value)
  t.is(encodePeerCertificate(pem.replaceAll('\n', '\r\n')), value)
})

test('encoding and decoding are each other’s inverse for bytes of every length', t => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 300 }), der => {
      const pem = encodeCertificatePem(der)
      t.is(decodePeerCertificate(encodePeerCertificate(pem)), pem)
      t.true(pem.split('\n').every(line => line.length <= 64))
      t.deepEqual(derOf(pem), Buffer.from(der))
    }),
  )
})

test('every character is tried, and those of PEM without a space pass alone', t => {
  for (let code = 0; code < 256; code++) {
    const character = String.fromCharCode(code)
    const refused = codeOf(() => decodePeerCertificate(`a${character}b`))
    t.is(refused, /[A-Za-z0-9+/=-]/.test(character) ? undefined : 'not-url-encoded')
  }
})

test('every escape is tried, and those of ASCII pass alone, in upper and lower case', t => {
  for (let code = 0; code < 256; code++) {
    const hex = code.toString(16).padStart(2, '0')
    for (const spelling of [hex, hex.toUpperCase()]) {
      const refused = codeOf(() => decodePeerCertificate(`%${spelling}`))
      t.is(refused, code < 0x80 ? undefined : 'not-url-encoded')
    }
  }
})

for (const [title, value, code] of [
  ['empty', '', 'no-certificate'],
  ['missing', undefined, 'no-certificate'],
  ['cut inside an escape', 'abc%2', 'not-url-encoded'],
  ['two values in one', '%0A,%0A', 'not-url-encoded'],
  ['longer than 128 KiB', 'a'.repeat(128 * 1024 + 1), 'too-large'],
] as const) {
  test(`a value that is ${title} is refused with ${code}`, t => {
    t.is(
      codeOf(() => decodePeerCertificate(value as string)),
      code,
    )
  })
}

test('a form-encoded value is refused and not repaired', async t => {
  const value = encodeURIComponent(await leaf()).replaceAll('%20', '+')
  const error = t.throws(() => decodePeerCertificate(value), { instanceOf: X509SvidError })
  t.is(error.code, 'not-url-encoded')
  t.is(error.message, 'not a valid X.509-SVID: it is form-encoded: it has + for a space')
})

test('a text that is no certificate is not encoded', t => {
  t.is(
    codeOf(() => encodePeerCertificate('certificate')),
    'not-pem',
  )
})

function codeOf(run: () => unknown): X509SvidErrorCode | undefined {
  try {
    run()
    return undefined
  } catch (error) {
    if (error instanceof X509SvidError) return error.code
    throw error
  }
}

test('values that are encoded less, or in lower case, mean the same certificate', async t => {
  const pem = await leaf()
  const value = encodeURIComponent(pem)
  t.is(decodePeerCertificate(value.replace(/%2F/g, '/').replace(/%3D/g, '=')), pem)
  t.is(decodePeerCertificate(value.replace(/%2B/g, '+')), pem)
  t.is(decodePeerCertificate(value.replace(/%../g, hex => hex.toLowerCase())), pem)
})

test('a value that is encoded twice is no certificate', async t => {
  const twice = encodeURIComponent(encodeURIComponent(await leaf()))
  t.throws(() => parseX509Svid(decodePeerCertificate(twice), { at: new Date() }), {
    instanceOf: X509SvidError,
  })
})
