import { Buffer } from 'node:buffer'
import test from 'ava'
import * as sidecert from '../index.js'
import { createAuthority, issueSvid } from '../rig/pki.js'

test('the package is what index.ts exports, under its own name', async t => {
  t.is(await import('sidecert' as string), sidecert)
})

test('a SPIFFE ID is parsed into its two parts', t => {
  t.deepEqual(sidecert.parseSpiffeId('spiffe://example.org/ns/a/sa/web'), {
    trustDomain: 'example.org',
    path: '/ns/a/sa/web',
  })
  t.throws(() => sidecert.parseSpiffeId('spiffe://Example.org/web'), {
    instanceOf: sidecert.SpiffeIdError,
    code: 'bad-trust-domain-character',
  })
})

test('an X.509-SVID is parsed at a moment', async t => {
  const authority = await createAuthority({ trustDomain: 'example.org' })
  const svid = await issueSvid(authority, { spiffeId: 'spiffe://example.org/web' })
  const { spiffeId, der } = sidecert.parseX509Svid(svid.certificate, { at: new Date() })
  t.deepEqual(spiffeId, { trustDomain: 'example.org', path: '/web' })
  t.deepEqual(Buffer.from(der), Buffer.from(svid.der))
  t.throws(() => sidecert.parseX509Svid(svid.certificate, { at: new Date(0) }), {
    instanceOf: sidecert.X509SvidError,
    code: 'not-yet-valid',
  })
})
