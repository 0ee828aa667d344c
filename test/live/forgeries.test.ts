import { randomUUID } from 'node:crypto'
import test from 'ava'
import { callHttp1 } from '../../rig/caller.js'
import type { HeaderLines } from '../../rig/header-lines.js'
import { callHttp2 } from '../../rig/http2-caller.js'
import { Lifetime } from '../../rig/lifetime.js'
import { certificateHeader } from '../../rig/mesh.js'
import type { Admission } from '../../rig/server-sidecar.js'
import { headerValueOf, type Variant } from '../../rig/system.js'
import { callMalformedHttp2 } from './malformed-http2.js'
import { forgeries, isMalformed, type Protocol, protocols, send } from './probe.js'
import { type ServerSidecars, startServerSidecars } from './server-sidecars.js'

const variants: readonly Variant[] = ['article', 'lua', 'native', 'ext-authz']

/** How the caller connects, and whether it shows its certificate. */
const connections = {
  'mutual TLS': { admission: 'required', certificate: true },
  'mutual TLS where it is optional': { admission: 'optional', certificate: true },
  'TLS without a client certificate': { admission: 'optional', certificate: false },
  plaintext: { admission: 'plaintext', certificate: false },
} as const satisfies Record<string, { admission: Admission; certificate: boolean }>

interface Cell {
  readonly variant: Variant
  readonly connection: keyof typeof connections
  readonly forged: readonly string[]
  readonly protocol: Protocol
}

const lifetime = new Lifetime()
let world: ServerSidecars

test.before(async () => {
  world = await startServerSidecars(lifetime, { variants })
})
test.after.always(() => lifetime.end())

function call({ connection, ...cell }: Cell) {
  const { admission, certificate } = connections[connection]
  const svid = certificate ? world.identities.svids.reports : undefined
  return send(world, { ...cell, admission, svid })
}

/** What the application gets behind sidecert: the peer's certificate alone, or no request. */
function linesBehindSidecert({ connection }: Cell): HeaderLines | undefined {
  return connections[connection].certificate
    ? [[certificateHeader, headerValueOf(world.identities, 'reports')]]
    : undefined
}

/** What it gets behind the article's filter: the forged lines first, all of them. */
function linesBehindArticle({ connection, forged }: Cell): HeaderLines {
  const { admission, certificate } = connections[connection]
  const victim = headerValueOf(world.identities, 'website')
  const added = certificate ? headerValueOf(world.identities, 'reports') : ''
  return [
    ...forged.map(name => [name.toLowerCase(), victim] as const),
    ...(admission === 'plaintext' ? [] : [[certificateHeader, added] as const]),
  ]
}

for (const variant of variants)
  for (const connection of Object.keys(connections) as (keyof typeof connections)[])
    for (const [forgery, forged] of Object.entries(forgeries))
      for (const protocol of protocols) {
        const cell: Cell = { variant, connection, forged, protocol }
        const who = variant === 'article' ? "the article's filter" : `sidecert by ${variant}`
        const title = `${who}: ${connection}, ${forgery}, ${protocol}`
        if (isMalformed(cell))
          test(`${title}: malformed, refused before any filter`, async t => {
            const { result, lines } = await call(cell)
            t.is(result.kind, 'no-answer')
            t.is(lines, undefined)
          })
        else if (variant === 'article')
          test(`${title}: every forged line arrives`, async t => {
            const { result, lines } = await call(cell)
            t.like(result, { kind: 'answer', status: 200 })
            t.deepEqual(lines, linesBehindArticle(cell))
          })
        else
          test(`${title}: the caller's certificate alone, or nothing`, async t => {
            const { result, lines } = await call(cell)
            const status = connections[connection].certificate ? 200 : 403
            t.like(result, { kind: 'answer', status })
            t.deepEqual(lines, linesBehindSidecert(cell))
          })
      }

for (const variant of variants)
  test(`${variant}: as generated, nobody without a certificate of the mesh gets in`, async t => {
    const { identities, upstream, sidecars } = world
    const port = sidecars.get(variant)?.port('required') ?? 0
    for (const tls of [{ kind: 'tls' }, { kind: 'plaintext' }] as const)
      for (const caller of [callHttp1, callHttp2]) {
        const callId = randomUUID()
        const forged = [certificateHeader, headerValueOf(identities, 'website')] as const
        const headerLines: HeaderLines = [['x-call-id', callId], forged]
        const result = await caller({ port, tls, method: 'GET', path: '/token', headerLines })
        t.is(result.kind, 'no-answer')
        t.deepEqual(upstream.arrived(callId), [])
      }
  })

test('a request in hand-made frames is understood when its names are in lower case', async t => {
  const { identities, upstream, sidecars } = world
  const { chain, key } = identities.svids.reports
  const callId = randomUUID()
  const result = await callMalformedHttp2({
    port: sidecars.get('article')?.port('required') ?? 0,
    tls: { kind: 'tls', chain, key },
    method: 'GET',
    path: '/token',
    headerLines: [
      ['x-call-id', callId],
      [certificateHeader, headerValueOf(identities, 'website')],
    ],
  })
  t.is(result.kind, 'answer')
  t.is(upstream.arrived(callId).length, 1)
})
