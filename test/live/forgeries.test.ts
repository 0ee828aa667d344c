import { randomUUID } from 'node:crypto'
import test from 'ava'
import { type Call, type CallerTls, type CallResult, callHttp1 } from '../../rig/caller.js'
import { type HeaderLines, linesLike } from '../../rig/header-lines.js'
import { callHttp2 } from '../../rig/http2-caller.js'
import { Lifetime } from '../../rig/lifetime.js'
import { certificateHeader } from '../../rig/mesh.js'
import type { Admission } from '../../rig/server-sidecar.js'
import { headerValueOf, type Variant } from '../../rig/system.js'
import { callMalformedHttp2 } from './malformed-http2.js'
import { type ServerSidecars, startServerSidecars } from './server-sidecars.js'

const variants: readonly Variant[] = ['article', 'lua', 'native', 'ext-authz']

/** How the caller connects, and whether it shows its certificate. */
const connections = {
  'mutual TLS': { admission: 'required', certificate: true },
  'mutual TLS where it is optional': { admission: 'optional', certificate: true },
  'TLS without a client certificate': { admission: 'optional', certificate: false },
  plaintext: { admission: 'plaintext', certificate: false },
} as const satisfies Record<string, { admission: Admission; certificate: boolean }>

/** The names under which the victim's certificate is sent. */
const forgeries = {
  'no forged header': [],
  'one forged header': ['x-client-certificate'],
  'several forged headers': ['x-client-certificate', 'x-client-certificate'],
  'a forged header in capitals': ['X-CLIENT-CERTIFICATE'],
  'a forged header with underscores': ['x_client_certificate'],
  'every spelling at once': [
    'x_client-certificate',
    'x-client-certificate',
    'x-client_certificate',
  ],
} as const

const protocols = ['HTTP/1.1', 'HTTP/2'] as const

interface Seen {
  readonly result: CallResult
  /** What the application could take for the header; nothing when no request arrived. */
  readonly lines: HeaderLines | undefined
}

interface Cell {
  readonly variant: Variant
  readonly connection: keyof typeof connections
  readonly forged: readonly string[]
  readonly protocol: (typeof protocols)[number]
}

const lifetime = new Lifetime()
let world: ServerSidecars

test.before(async () => {
  world = await startServerSidecars(lifetime, { variants })
})
test.after.always(() => lifetime.end())

async function call({ variant, connection, forged, protocol }: Cell): Promise<Seen> {
  const { identities, upstream, sidecars } = world
  const { admission, certificate } = connections[connection]
  const { chain, key } = identities.svids.reports
  const plain: CallerTls = { kind: 'plaintext' }
  const tls: CallerTls = certificate ? { kind: 'tls', chain, key } : { kind: 'tls' }
  const callId = randomUUID()
  const victim = headerValueOf(identities, 'website')
  const request: Call = {
    port: sidecars.get(variant)?.port(admission) ?? 0,
    tls: admission === 'plaintext' ? plain : tls,
    method: 'GET',
    path: '/token',
    headerLines: [['x-call-id', callId], ...forged.map(name => [name, victim] as const)],
  }
  const result = await callerFor(protocol, forged)(request)
  const [arrived, ...more] = upstream.arrived(callId)
  if (more.length > 0) throw new Error('one call arrived more than once')
  return { result, lines: arrived && linesLike(arrived.headerLines, certificateHeader) }
}

function callerFor(protocol: Cell['protocol'], forged: readonly string[]) {
  if (protocol === 'HTTP/1.1') return callHttp1
  return isMalformed(protocol, forged) ? callMalformedHttp2 : callHttp2
}

/** In HTTP/2 a name in capitals makes the request malformed: RFC 9113 section 8.2.1. */
function isMalformed(protocol: Cell['protocol'], forged: readonly string[]): boolean {
  return protocol === 'HTTP/2' && forged.some(name => name !== name.toLowerCase())
}

/** What the application gets behind sidecert: the peer's certificate alone, or no request. */
function expectedOfSidecert({ connection }: Cell): Pick<Seen, 'lines'> {
  return connections[connection].certificate
    ? { lines: [[certificateHeader, headerValueOf(world.identities, 'reports')]] }
    : { lines: undefined }
}

/** What it gets behind the article's filter: the forged lines first, all of them. */
function expectedOfArticle({ connection, forged }: Cell): Pick<Seen, 'lines'> {
  const victim = headerValueOf(world.identities, 'website')
  const own = {
    'mutual TLS': [headerValueOf(world.identities, 'reports')],
    'mutual TLS where it is optional': [headerValueOf(world.identities, 'reports')],
    'TLS without a client certificate': [''],
    plaintext: [],
  }[connection]
  const lines = [
    ...forged.map(name => [name.toLowerCase(), victim] as const),
    ...own.map(value => [certificateHeader, value] as const),
  ]
  return { lines }
}

for (const variant of variants)
  for (const connection of Object.keys(connections) as (keyof typeof connections)[])
    for (const [forgery, forged] of Object.entries(forgeries))
      for (const protocol of protocols) {
        const cell: Cell = { variant, connection, forged, protocol }
        const who = variant === 'article' ? "the article's filter" : `sidecert by ${variant}`
        const title = `${who}: ${connection}, ${forgery}, ${protocol}`
        if (isMalformed(protocol, forged))
          test(`${title}: malformed, refused before any filter`, async t => {
            const { result, lines } = await call(cell)
            t.is(result.kind, 'no-answer')
            t.is(lines, undefined)
          })
        else if (variant === 'article')
          test(`${title}: every forged line arrives`, async t => {
            const { result, lines } = await call(cell)
            t.like(result, { kind: 'answer', status: 200 })
            t.deepEqual({ lines }, expectedOfArticle(cell))
          })
        else
          test(`${title}: the caller's certificate alone, or nothing`, async t => {
            const { result, lines } = await call(cell)
            const status = connections[connection].certificate ? 200 : 403
            t.like(result, { kind: 'answer', status })
            t.deepEqual({ lines }, expectedOfSidecert(cell))
          })
      }

for (const variant of variants)
  test(`${variant}: as generated, nobody without a certificate of the mesh gets in`, async t => {
    const { identities, upstream, sidecars } = world
    const port = sidecars.get(variant)?.port('required') ?? 0
    for (const tls of [{ kind: 'tls' }, { kind: 'plaintext' }] as const)
      for (const send of [callHttp1, callHttp2]) {
        const callId = randomUUID()
        const forged = [certificateHeader, headerValueOf(identities, 'website')] as const
        const headerLines: HeaderLines = [['x-call-id', callId], forged]
        const result = await send({ port, tls, method: 'GET', path: '/token', headerLines })
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
