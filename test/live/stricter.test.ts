import test from 'ava'
import { type Forwarding, forwardings } from '../../config/index.js'
import { Lifetime } from '../../rig/lifetime.js'
import { certificateHeader, spiffeIdOf } from '../../rig/mesh.js'
import { type IssuedSvid, issueSvid } from '../../rig/pki.js'
import { send } from './probe.js'
import { type ServerSidecars, startServerSidecars } from './server-sidecars.js'

// What docs/policy.md says of certificates on which the enforcers differ.

/** Anybody may read the server's keys, without an identity. */
const policy = `
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: keys-for-all, namespace: identity}
spec:
  selector: {matchLabels: {app: oidc-provider}}
  rules:
    - to: [{operation: {paths: [/keys]}}]
`

const lifetime = new Lifetime()
let world: ServerSidecars
let twoIds: IssuedSvid
let canSign: IssuedSvid

test.before(async () => {
  world = await startServerSidecars(lifetime, { variants: forwardings, policy })
  const spiffeId = spiffeIdOf('website')
  const { authority } = world.identities
  twoIds = await issueSvid(authority, { spiffeId, uris: [spiffeId, spiffeIdOf('reports')] })
  canSign = await issueSvid(authority, {
    spiffeId,
    keyUsage: ['digitalSignature', 'keyCertSign'],
  })
})
test.after.always(() => lifetime.end())

/** The status, and what arrived in the header if the request did. */
async function seen(variant: Forwarding, svid: IssuedSvid, path: string) {
  const probe = { variant, admission: 'required', svid, forged: [], protocol: 'HTTP/1.1' } as const
  const { result, lines } = await send(world, { ...probe, path })
  return [result.kind === 'answer' ? result.status : result.reason, lines]
}

for (const variant of forwardings)
  test(`${variant}: a certificate with two URI SANs is no identity, though Istio takes either`, async t => {
    t.deepEqual(await seen(variant, twoIds, '/token'), [403, undefined])
  })

for (const variant of ['lua', 'native'] as const)
  test(`${variant}: nor does it pass by a rule that asks for no identity`, async t => {
    t.deepEqual(await seen(variant, twoIds, '/keys'), [403, undefined])
  })

test('ext-authz: it passes by a rule that asks for no identity, and is not forwarded', async t => {
  t.deepEqual(await seen('ext-authz', twoIds, '/keys'), [200, []])
})

test('ext-authz: a leaf that could sign certificates is no identity', async t => {
  t.deepEqual(await seen('ext-authz', canSign, '/token'), [403, undefined])
  t.deepEqual(await seen('ext-authz', canSign, '/keys'), [200, []])
})

for (const variant of ['lua', 'native'] as const)
  test(`${variant}: what a key may be used for is not to be seen by a filter`, async t => {
    const own = [[certificateHeader, encodeURIComponent(canSign.certificate)]]
    t.deepEqual(await seen(variant, canSign, '/token'), [200, own])
  })
