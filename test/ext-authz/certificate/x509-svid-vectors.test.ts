import 'reflect-metadata/lite'
import { X509Certificate as OpenSslCertificate } from 'node:crypto'
import {
  BasicConstraintsExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  X509Certificate as PeculiarCertificate,
  SubjectAlternativeNameExtension,
} from '@peculiar/x509'
import test from 'ava'
import { parseX509Svid, X509SvidError } from '../../../ext-authz/certificate/index.js'
import { readSvidVectors } from './vector.js'

const vectors = readSvidVectors()

for (const { title, at, goSpiffe, sidecert, pem } of vectors) {
  const options = { at: new Date(at) }
  if ('uri' in sidecert) {
    test(`go-spiffe and sidecert accept ${title}`, t => {
      t.deepEqual(goSpiffe, { parse: 'accepts', verify: 'accepts' })
      t.is(parseX509Svid(pem, options).uri, sidecert.uri)
    })
    continue
  }
  const who = sidecert.stricter === undefined ? 'go-spiffe and sidecert refuse' : 'sidecert refuses'
  test(`${who} ${title}`, t => {
    const error = t.throws(() => parseX509Svid(pem, options), { instanceOf: X509SvidError })
    t.is(error.code, sidecert.refuses as X509SvidError['code'])
    const accepted = goSpiffe.parse === 'accepts' && goSpiffe.verify === 'accepts'
    t.is(accepted, sidecert.stricter !== undefined)
  })
}

test('two further decoders read every accepted certificate as sidecert does', t => {
  let seen = 0
  for (const { at, sidecert, pem } of vectors) {
    if (!('uri' in sidecert)) continue
    const svid = parseX509Svid(pem, { at: new Date(at) })
    const openSsl = new OpenSslCertificate(pem)
    t.is(openSsl.fingerprint256.replaceAll(':', '').toLowerCase(), hex(svid.thumbprintS256))
    t.is(openSsl.serialNumber.toLowerCase().padStart(2, '0'), svid.serialNumber)
    const peculiar = new PeculiarCertificate(pem)
    t.is(peculiar.notBefore.getTime(), svid.notBefore.getTime())
    t.is(peculiar.notAfter.getTime(), svid.notAfter.getTime())
    t.not(peculiar.getExtension(BasicConstraintsExtension)?.ca, true)
    const usages = peculiar.getExtension(KeyUsagesExtension)?.usages ?? 0
    t.is(
      usages & (KeyUsageFlags.digitalSignature | KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign),
      KeyUsageFlags.digitalSignature,
    )
    seen++
  }
  t.true(seen > 40)
})

test('the library names the same URI wherever it can read the names', t => {
  let seen = 0
  for (const { at, sidecert, pem } of vectors) {
    if (!('uri' in sidecert)) continue
    const { uri } = parseX509Svid(pem, { at: new Date(at) })
    const names = new PeculiarCertificate(pem).getExtension(SubjectAlternativeNameExtension)?.names
    const uris = names?.items.filter(({ type }) => type === 'url').map(({ value }) => value)
    t.deepEqual(uris, [uri])
    seen++
  }
  t.true(seen > 40)
})

function hex(base64url: string): string {
  return Buffer.from(base64url, 'base64url').toString('hex')
}
