import { request as httpRequest } from 'node:http'
import { connect, type TLSSocket } from 'node:tls'
import test, { type ExecutionContext } from 'ava'
import { denyInvalidPeer, lua, notePeer, setPeerCertificate, strip } from '../../filters/index.js'
import {
  createAuthority,
  findEnvoy,
  type IssuedSvid,
  issueSvid,
  Lifetime,
  startEnvoy,
} from '../../rig/index.js'
import { tlsListener } from './tls-listener.js'

const header = 'x-client-certificate'
const spiffeId = 'spiffe://example.org/ns/applications/sa/mywebsite'

const ways = {
  lua: [strip({ header }), notePeer(), denyInvalidPeer(), lua({ header })],
  'the Lua script alone': [lua({ header })],
  native: [strip({ header }), notePeer(), denyInvalidPeer(), setPeerCertificate({ header })],
}

for (const [way, filters] of Object.entries(ways)) {
  test(`${way}: a resumed session, on which Envoy verifies nothing, is denied`, async t => {
    const { port, svid } = await start(t, filters)
    const first = await open(port, svid)
    const session = new Promise<Buffer>(resolve => first.once('session', resolve))
    t.deepEqual(await ask(first), {
      status: 200,
      certificate: encodeURIComponent(svid.certificate),
    })
    const resumed = await open(port, svid, await session)
    t.true(resumed.isSessionReused())
    t.deepEqual(await ask(resumed), { status: 403, certificate: undefined })
  })
}

test('lua: a certificate that expires while the connection is open is forwarded no more', async t => {
  const { port, authority } = await start(t, ways.lua)
  const notAfter = new Date(Math.ceil(Date.now() / 1000) * 1000 + 3000)
  const socket = await open(port, await issueSvid(authority, { spiffeId, notAfter }))
  t.is((await ask(socket)).status, 200)
  await new Promise(resolve => setTimeout(resolve, notAfter.getTime() + 1000 - Date.now()))
  t.deepEqual(await ask(socket), { status: 403, certificate: undefined })
})

async function start(t: ExecutionContext, filters: readonly object[]) {
  t.timeout(60_000)
  const lifetime = new Lifetime()
  t.teardown(() => lifetime.end())
  const authority = await createAuthority({ trustDomain: 'example.org' })
  const server = await issueSvid(authority, { spiffeId: 'spiffe://example.org/server' })
  const svid = await issueSvid(authority, { spiffeId })
  const envoy = await startEnvoy({
    program: await findEnvoy(),
    name: 'stale',
    config: { static_resources: { listeners: [tlsListener('tls', filters, server)] } },
    lifetime,
  })
  return { port: envoy.port('tls'), authority, svid }
}

function open(port: number, svid: IssuedSvid, session?: Buffer): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const socket = connect(
      {
        host: '127.0.0.1',
        port,
        rejectUnauthorized: false,
        cert: svid.chain,
        key: svid.key,
        ...(session === undefined ? {} : { session }),
      },
      () => resolve(socket),
    )
    socket.on('error', reject)
  })
}

/** Asks on an open connection; Envoy answers with the header that it would send on. */
function ask(socket: TLSSocket) {
  return new Promise<{ status: number | undefined; certificate: unknown }>((resolve, reject) => {
    const sent = httpRequest(
      { createConnection: () => socket, headers: { connection: 'keep-alive' } },
      response => {
        const { statusCode: status, headers } = response
        response.resume()
        response.on('end', () => resolve({ status, certificate: headers['seen-certificate'] }))
      },
    )
    sent.on('error', reject)
    sent.end()
  })
}
