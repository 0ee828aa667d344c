import { randomUUID } from 'node:crypto'
import { tokenPath, tokenScope } from './authorization-server.js'
import { type CallerTls, type CallResult, callHttp1 } from './caller.js'
import type { HeaderLines } from './header-lines.js'
import { callHttp2 } from './http2-caller.js'
import { certificateHeader } from './mesh.js'
import { type Outcome, outcomeOf, thumbprintOf } from './outcome.js'
import type { Admission } from './server-sidecar.js'
import { type Caller, headerValueOf, type Route, type System } from './system.js'

/** How a caller reaches the authorization server. */
type Way =
  /** Plain HTTP to the workload's own sidecar, which adds mutual TLS. */
  | { readonly kind: 'sidecar' }
  /** Straight to the server's sidecar, by mutual TLS with the workload's own SVID. */
  | { readonly kind: 'direct'; readonly admission: Admission; readonly certificate: boolean }

/** A token of its own; no token and nothing forged let through; or not even reaching the server. */
type Expectation = 'token' | 'nothing-forged' | 'refused-by-sidecar'

/** One thing to try: somebody asks for a token of the website's client. */
export interface Attempt {
  readonly title: string
  readonly caller: Caller
  readonly way: Way
  readonly protocol: 'HTTP/1.1' | 'HTTP/2'
  /** The names under which a copy of the website's certificate is sent, in this order. */
  readonly forged: readonly string[]
  readonly expected: Expectation
}

/** Attempts with one heading. */
export interface AttemptGroup {
  readonly title: string
  readonly attempts: readonly Attempt[]
}

const sidecar: Way = { kind: 'sidecar' }
const ownTls: Way = { kind: 'direct', admission: 'required', certificate: true }
const tlsWithout: Way = { kind: 'direct', admission: 'optional', certificate: false }
const plaintext: Way = { kind: 'direct', admission: 'plaintext', certificate: false }

const capitals = certificateHeader.toUpperCase()
const underscores = certificateHeader.replaceAll('-', '_')

/** Everything that the demo tries, in order. */
export const attemptGroups: readonly AttemptGroup[] = [
  {
    title: 'Asked in plain HTTP with a client_id and no secret, by',
    attempts: [
      attempt('website, whose client it is', 'website', sidecar, [], { expected: 'token' }),
      attempt('guestbook, which no policy names', 'guestbook', sidecar, [], {
        expected: 'refused-by-sidecar',
      }),
    ],
  },
  {
    title: "Forged by reports: its own SVID, and a copy of website's certificate sent as",
    attempts: [
      attempt(certificateHeader, 'reports', sidecar, [certificateHeader]),
      attempt('the same, twice', 'reports', sidecar, [certificateHeader, certificateHeader]),
      attempt(capitals, 'reports', ownTls, [capitals]),
      attempt(underscores, 'reports', ownTls, [underscores]),
      attempt('every spelling, over HTTP/2', 'reports', ownTls, [certificateHeader, underscores], {
        protocol: 'HTTP/2',
      }),
    ],
  },
  {
    title: 'Forged without any certificate, where the mesh lets such callers in, over',
    attempts: [
      attempt('TLS', 'guestbook', tlsWithout, [certificateHeader]),
      attempt('TLS and HTTP/2', 'guestbook', tlsWithout, [certificateHeader], {
        protocol: 'HTTP/2',
      }),
      attempt('plain HTTP', 'guestbook', plaintext, [certificateHeader]),
      attempt('plain HTTP, with underscores', 'guestbook', plaintext, [underscores]),
    ],
  },
]

function attempt(
  title: string,
  caller: Caller,
  way: Way,
  forged: readonly string[],
  options: Partial<Pick<Attempt, 'protocol' | 'expected'>> = {},
): Attempt {
  const { protocol = 'HTTP/1.1', expected = 'nothing-forged' } = options
  return { title, caller, way, protocol, forged, expected }
}

/** What came of an attempt, and whether it is what should have. */
export interface Trial {
  readonly outcome: Outcome
  readonly asExpected: boolean
  readonly result: CallResult
}

/** Makes an attempt on one route of a running system. */
export async function tryOut(system: System, route: Route, tried: Attempt): Promise<Trial> {
  const { identities, authorizationServer } = system
  const callId = randomUUID()
  const forgery = headerValueOf(identities, 'website')
  const headerLines: HeaderLines = [
    ['content-type', 'application/x-www-form-urlencoded'],
    ['x-call-id', callId],
    ...tried.forged.map(name => [name, forgery] as const),
  ]
  const call = tried.protocol === 'HTTP/2' ? callHttp2 : callHttp1
  const result = await call({
    port: portOf(route, tried),
    tls: tlsOf(system, tried),
    method: 'POST',
    path: tokenPath,
    headerLines,
    body: `grant_type=client_credentials&client_id=website-client&scope=${tokenScope}`,
  })
  const shows = tried.way.kind === 'sidecar' || tried.way.certificate
  const own = shows ? headerValueOf(identities, tried.caller) : undefined
  const outcome = outcomeOf(result, authorizationServer.arrived(callId), own)
  return { outcome, result, asExpected: isAsExpected(system, tried, outcome) }
}

/** Whether it came as it should. An error of the server side is never what it should be. */
function isAsExpected({ identities }: System, tried: Attempt, outcome: Outcome): boolean {
  if ('status' in outcome && outcome.status >= 500) return false
  switch (tried.expected) {
    case 'token':
      return (
        outcome.kind === 'token' &&
        outcome.clientId === 'website-client' &&
        outcome.thumbprint === thumbprintOf(identities.svids[tried.caller].certificate)
      )
    case 'nothing-forged':
      return outcome.kind !== 'token' && outcome.kind !== 'forgery-passed'
    case 'refused-by-sidecar':
      return outcome.kind === 'refused-by-sidecar'
  }
}

function portOf(route: Route, { way, caller }: Attempt): number {
  return way.kind === 'sidecar' ? route.sidecar[caller] : route.server[way.admission]
}

function tlsOf({ identities }: System, { way, caller }: Attempt): CallerTls {
  if (way.kind === 'sidecar' || way.admission === 'plaintext') return { kind: 'plaintext' }
  if (!way.certificate) return { kind: 'tls' }
  const { chain, key } = identities.svids[caller]
  return { kind: 'tls', chain, key }
}
