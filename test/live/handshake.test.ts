import { once } from 'node:events'
import { connect, type TLSSocket } from 'node:tls'
import test from 'ava'
import { Lifetime } from '../../rig/lifetime.js'
import { spiffeIdOf, trustDomain } from '../../rig/mesh.js'
import { createAuthority, issueSvid, keyPurpose } from '../../rig/pki.js'
import { send } from './probe.js'
import { type ServerSidecars, startServerSidecars } from './server-sidecars.js'

const lifetime = new Lifetime()
let world: ServerSidecars

test.before(async () => {
  world = await startServerSidecars(lifetime, { variants: ['native'] })
})
test.after.always(() => lifetime.end())

const hour = 3_600_000
const website = { spiffeId: spiffeIdOf('website') }

const refused = {
  'of another authority': async () => issueSvid(await createAuthority({ trustDomain }), website),
  'that has expired': () =>
    issueSvid(world.identities.authority, {
      ...website,
      notBefore: new Date(Date.now() - 2 * hour),
      notAfter: new Date(Date.now() - hour),
    }),
  'that is not valid yet': () =>
    issueSvid(world.identities.authority, { ...website, notBefore: new Date(Date.now() + hour) }),
  'of another trust domain': () =>
    issueSvid(world.identities.authority, { spiffeId: 'spiffe://elsewhere.example/ns/a/sa/b' }),
  'for servers only': () =>
    issueSvid(world.identities.authority, {
      ...website,
      extendedKeyUsage: [keyPurpose.serverAuth],
    }),
}

for (const [title, issue] of Object.entries(refused))
  test(`the handshake refuses a certificate ${title}`, async t => {
    const probe = { variant: 'native', admission: 'required', forged: [] } as const
    const { result, lines } = await send(world, {
      ...probe,
      svid: await issue(),
      protocol: 'HTTP/1.1',
    })
    t.is(result.kind, 'no-answer', JSON.stringify(result))
    t.is(lines, undefined)
  })

for (const version of ['TLSv1.2', 'TLSv1.3'] as const)
  test(`a session is not resumed, so that every connection is verified: ${version}`, async t => {
    const port = world.sidecars.get('native')?.port('required') ?? 0
    const { chain, key } = world.identities.svids.website
    const options = { host: '127.0.0.1', port, cert: chain, key, rejectUnauthorized: false }
    const versions = { minVersion: version, maxVersion: version } as const
    const first = connect({ ...options, ...versions })
    const session = await sessionOf(first)
    const second = connect({ ...options, ...versions, ...(session && { session }) })
    t.teardown(() => void second.destroy())
    await once(second, 'secureConnect')
    t.is(second.getProtocol(), version)
    t.false(second.isSessionReused())
  })

/** What a client could resume, after an answer has come: tickets are sent by then. */
async function sessionOf(socket: TLSSocket): Promise<Buffer | undefined> {
  let session: Buffer | undefined
  socket.on('session', latest => {
    session = latest
  })
  socket.write('GET /token HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')
  await once(socket.resume(), 'close')
  return session ?? socket.getSession()
}
