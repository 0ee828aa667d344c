import 'reflect-metadata/lite'
import { Extension } from '@peculiar/x509'
import test from 'ava'
import { decodeCertificate } from '../../../ext-authz/certificate/certificate.js'
import {
  encodeCertificatePem,
  parseX509Svid,
  readTrustBundle,
  type TrustBundle,
  verifyX509Svid,
  X509SvidError,
  type X509SvidErrorCode,
} from '../../../ext-authz/certificate/index.js'
import { type Authority, createAuthority, issueSvid } from '../../../rig/pki.js'
import { at, spiffeId, validity } from './certificates.js'

test('the path is given from the leaf to the root', async t => {
  const intermediate = await authority({ intermediate: true })
  const svid = await issued(intermediate)
  const bundle = bundleOf(intermediate.caPem + intermediate.intermediatesPem)
  const path = verifyX509Svid(svid, bundle, { at }).map(der => Buffer.from(der).toString('base64'))
  t.deepEqual(path, [
    Buffer.from(svid.der).toString('base64'),
    Buffer.from(intermediate.certificate.rawData).toString('base64'),
    bodyOf(intermediate.caPem),
  ])
})

test('an identity is verified by the bundle of its own trust domain alone', async t => {
  const root = await authority({})
  const svid = await issued(root)
  const foreign = { ...bundleOf(root.caPem), trustDomain: 'other.example' }
  t.is(codeOf(svid, foreign), 'other-trust-domain')
})

test('a root of the same name with another key verifies nothing', async t => {
  const svid = await issued(await authority({}))
  const other = bundleOf('', await authority({}))
  const error = t.throws(() => verifyX509Svid(svid, other, { at }), { instanceOf: X509SvidError })
  t.is(error.code, 'bad-signature')
  t.is(
    error.message,
    'not a valid X.509-SVID: no authority of that name in the bundle has signed it',
  )
})

test('the moment is the one that is given, for the leaf and for each authority', async t => {
  const brief = { notAfter: new Date('2026-07-01T00:00:00Z') }
  const root = await authority({})
  const intermediate = await authority({ issuer: root, ...brief })
  const svid = await issued(intermediate)
  const bundle = bundleOf('', root, intermediate)
  t.is(verifyX509Svid(svid, bundle, { at: brief.notAfter }).length, 3)
  t.is(codeOf(svid, bundle, brief.notAfter.getTime() + 1), 'unusable-authority')
  t.is(codeOf(svid, bundle, validity.notAfter.getTime() + 1), 'expired')
  t.is(codeOf(svid, bundle, validity.notBefore.getTime() - 1), 'not-yet-valid')
  t.is(codeOf(svid, bundle, Number.NaN), 'bad-moment')
})

test('a bundle without any authority verifies nothing', async t => {
  const svid = await issued(await authority({}))
  const { bundle } = readTrustBundle('{"keys": []}', { file: 'b.json', trustDomain: 'example.org' })
  t.is(codeOf(svid, bundle as TrustBundle), 'unknown-authority')
})

test('a leaf that signed another leaf is no authority, wherever a bundle has it', async t => {
  const root = await authority({})
  const posing = await authority({ issuer: root, ca: false, keyUsage: ['digitalSignature'] })
  const svid = await issued(posing)
  const source = { file: 'bundle.pem', trustDomain: 'example.org', at }
  const { bundle, diagnostics } = readTrustBundle(root.caPem + posing.certificatePem, source)
  t.is(bundle, undefined)
  t.deepEqual(
    diagnostics.map(({ code }) => code),
    ['SC0403'],
  )
  // The path looks for itself, whoever made the bundle.
  const certificate = decodeCertificate(new Uint8Array(posing.certificate.rawData))
  const { trustDomain, anchors } = bundleOf('', root)
  t.is(codeOf(svid, { trustDomain, anchors, intermediates: [certificate] }), 'unusable-authority')
  t.is(
    codeOf(svid, { trustDomain, anchors: [certificate], intermediates: [] }),
    'unusable-authority',
  )
})

test('a path longer than eight certificates is not followed', async t => {
  const chain = [await authority({})]
  for (let depth = 1; depth < 9; depth++) {
    const issuer = chain.at(-1) as Authority
    chain.push(await authority({ issuer, subject: `CN=Authority ${depth}` }))
  }
  const bundle = bundleOf('', ...chain)
  t.is(verifyX509Svid(await issued(chain[6] as Authority), bundle, { at }).length, 8)
  t.is(codeOf(await issued(chain[7] as Authority), bundle), 'path-too-long')
})

test('however many authorities share a name, the search ends', async t => {
  const root = await authority({})
  const svid = await issued(root)
  const others = await Promise.all(Array.from({ length: 120 }, () => authority({})))
  t.is(codeOf(svid, bundleOf('', ...others)), 'path-too-long')
  t.is(verifyX509Svid(svid, bundleOf('', ...others.slice(0, 50), root), { at }).length, 2)
})

test('a leaf in which anything was changed is not verified', async t => {
  const root = await authority({})
  const { der } = await issued(root)
  const bundle = bundleOf('', root)
  let parsed = 0
  for (let position = 0; position < der.length; position++) {
    for (const bit of [0x01, 0x10, 0x80]) {
      const changed = Uint8Array.from(der)
      changed[position] = (changed[position] as number) ^ bit
      const svid = parsedOrNothing(encodeCertificatePem(changed))
      if (svid === undefined) continue
      parsed++
      t.is(codeOf(svid, bundle) === undefined, false, `bit ${bit} of octet ${position}`)
    }
  }
  t.true(parsed > 100)
})

test('no URI constraint permits a trust domain that is an IP address', async t => {
  const trustDomain = '10.1.2.3'
  const root = await authority({ trustDomain })
  const subtree = [0x86, trustDomain.length, ...Buffer.from(trustDomain)]
  const list = [0x30, subtree.length, ...subtree]
  const permitted = [0xa0, list.length, ...list]
  const value = Uint8Array.of(0x30, permitted.length, ...permitted)
  const constrained = new Extension('2.5.29.30', true, value)
  const intermediate = await authority({ trustDomain, issuer: root, extensions: [constrained] })
  const options = { spiffeId: `spiffe://${trustDomain}/a`, ...validity }
  const { certificate } = await issueSvid(intermediate, options)
  const source = { file: 'bundle.pem', trustDomain, at }
  const { bundle } = readTrustBundle(root.caPem + intermediate.certificatePem, source)
  const svid = parseX509Svid(certificate, { at })
  t.is(codeOf(svid, bundle as TrustBundle), 'unusable-authority')
})

test('authorities that have signed each other do not lead in circles', async t => {
  const one = await authority({ subject: 'CN=One' })
  const two = await authority({ subject: 'CN=Two' })
  const oneByTwo = await authority({ subject: 'CN=One', keys: one.keys, issuer: two })
  const twoByOne = await authority({ subject: 'CN=Two', keys: two.keys, issuer: one })
  const svid = await issued(one)
  const outsider = await authority({ subject: 'CN=Outsider' })
  t.is(codeOf(svid, bundleOf('', outsider, oneByTwo, twoByOne)), 'unknown-authority')
  t.is(verifyX509Svid(svid, bundleOf('', two, oneByTwo, twoByOne), { at }).length, 3)
})

function authority(options: Partial<Parameters<typeof createAuthority>[0]>): Promise<Authority> {
  return createAuthority({ trustDomain: 'example.org', ...validity, ...options })
}

async function issued(issuer: Authority) {
  const { certificate } = await issueSvid(issuer, { spiffeId, ...validity })
  return parseX509Svid(certificate, { at })
}

function bundleOf(pem: string, ...authorities: readonly Authority[]): TrustBundle {
  const text = pem + authorities.map(({ certificatePem }) => certificatePem).join('')
  const source = { file: 'bundle.pem', trustDomain: 'example.org', at }
  const { bundle, diagnostics } = readTrustBundle(text, source)
  if (bundle === undefined) throw new Error(JSON.stringify(diagnostics))
  return bundle
}

function parsedOrNothing(pem: string) {
  try {
    return parseX509Svid(pem, { at })
  } catch {
    return undefined
  }
}

function bodyOf(pem: string): string {
  return pem.replace(/-----[^-]+-----|\s/g, '')
}

function codeOf(
  svid: ReturnType<typeof parseX509Svid>,
  bundle: TrustBundle,
  moment: Date | number = at,
): X509SvidErrorCode | undefined {
  try {
    verifyX509Svid(svid, bundle, { at: moment })
    return undefined
  } catch (error) {
    if (error instanceof X509SvidError) return error.code
    throw error
  }
}
