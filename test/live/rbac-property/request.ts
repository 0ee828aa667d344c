import fc from 'fast-check'
import { describedFacts, type Facts } from '../../../policy/index.js'
import type { HeaderLines } from '../../../rig/header-lines.js'
import type { Connection } from './connection.js'

/** A request as it is sent: text is UTF-8 on the wire. */
export interface SentRequest {
  readonly connection: Connection
  readonly method: string
  readonly host: string
  readonly path: string
  readonly headers: HeaderLines
}

/** What the requests of a case, and the patterns that are cut from them, are made of. */
export interface Vocabulary {
  readonly connections: readonly Connection[]
  readonly methods: readonly string[]
  readonly hosts: readonly string[]
  readonly paths: readonly string[]
  readonly headerName: string
  readonly headerValues: readonly string[]
  readonly addresses: readonly string[]
}

/** Names of headers that callers send and policies ask for: of some Envoy keeps one value only. */
const headerName = fc.constantFrom(
  'x-a',
  'x_a',
  'cookie',
  'accept',
  'authorization',
  'user-agent',
  'origin',
  'via',
  'if-match',
  'x-forwarded-host',
)
const headerValue = fc.oneof(
  fc.constantFrom('a', 'ab', 'A', 'a b', 'a,b', 'b,a', 'a, b', '*', 'a*', '*a', '!', 'é', '', ''),
  fc.string({ unit: fc.constantFrom('a', 'b', ',', 'A', '*', 'é'), maxLength: 4 }),
)
const host = fc.constantFrom(
  'login.example.com',
  'LOGIN.example.com',
  'login.example.com:8443',
  'x.login.example.com',
  'login.example.com.',
  'A',
  'example.com',
  '127.0.0.1',
  '[::1]:80',
  'a_b.c:0',
)
const method = fc.constantFrom('GET', 'POST', 'PUT', 'DELETE', 'HEAD', 'OPTIONS', 'PATCH')
const plainSegment = fc.constantFrom('a', 'b', 'admin', 'A', '', 'a.b', 'a;b', '~x', 'a=b&c', 'a+b')
const oddSegment = fc.constantFrom(
  '',
  '*',
  '%20',
  '%2F',
  '%2f',
  '%41',
  '%2e',
  '..',
  '.',
  '%2E%2e',
  '%',
  '%zz',
  'a\\b',
  '%5C',
  'a@:b',
  "a'b",
  '{a}',
  'a|b',
  '%7Ba%7D',
  '^',
  'a"b',
  '%0a',
  '(x)',
  ',',
  '%e9',
  '%C3%A9',
)
const path = fc
  .tuple(
    fc.array(
      fc.oneof({ weight: 3, arbitrary: plainSegment }, { weight: 2, arbitrary: oddSegment }),
      {
        maxLength: 4,
      },
    ),
    fc.oneof(
      { weight: 4, arbitrary: fc.constant('') },
      { weight: 1, arbitrary: fc.constantFrom('?', '?x=1', '?/a/b', '?x=..&y=%61') },
    ),
  )
  .map(([segments, query]) => `/${segments.join('/')}${query}`)

/** A path and others that a careless reader takes for the same. */
const lookalikes = path.chain(text => {
  const at = text.indexOf('/', 1)
  const inner = at === -1 ? 1 : at
  const [start, rest] = [text.slice(0, inner), text.slice(inner)]
  return fc
    .subarray([`${start}/${rest}`, `${start}%2F${rest.slice(1)}`, text.toUpperCase(), `${text}/`], {
      minLength: 1,
      maxLength: 2,
    })
    .map(others => [text, ...others])
})

/** Addresses of which `x-forwarded-for` is made, and some that are none. */
const address = fc.constantFrom(
  '10.0.0.1',
  '10.2.0.255',
  '2001:db8::1',
  '::ffff:10.0.0.1',
  'x',
  '127.0.0.1',
)

function few<T>(arbitrary: fc.Arbitrary<T>, minLength: number, maxLength: number) {
  return fc.array(arbitrary, { minLength, maxLength })
}

/** Makes vocabularies of a few words each, so that what policies name is met. */
export function vocabularyArbitrary(connections: readonly Connection[]): fc.Arbitrary<Vocabulary> {
  return fc.record({
    connections: few(fc.constantFrom(...connections), 3, 4),
    methods: few(method, 1, 3),
    hosts: few(host, 1, 3),
    paths: few(lookalikes, 1, 2).map(groups => groups.flat()),
    headerName,
    headerValues: few(headerValue, 2, 4),
    addresses: few(address, 1, 2),
  })
}

/** Makes requests of a vocabulary. */
export function requestArbitrary(words: Vocabulary): fc.Arbitrary<SentRequest> {
  const line = fc.tuple(
    fc.constantFrom(words.headerName, words.headerName.toUpperCase(), 'x-b', 'X-b'),
    fc.constantFrom(...words.headerValues),
  )
  const forwardedFor = few(fc.constantFrom(...words.addresses), 1, 3).map(
    list => ['x-forwarded-for', list.join(', ')] as const,
  )
  return fc
    .record({
      connection: fc.constantFrom(...words.connections),
      method: fc.constantFrom(...words.methods),
      host: fc.constantFrom(...words.hosts),
      path: fc.constantFrom(...words.paths),
      lines: few(line, 0, 4),
      forwarded: few(forwardedFor, 0, 2),
    })
    .map(({ lines, forwarded, ...request }) => {
      const headers = [...lines, ...forwarded].map(([name, value]) => [name, value.trim()] as const)
      return { ...request, headers: sendable(headers, request.connection) }
    })
}

/** Node's HTTP/2 sends no second line of these. */
const onceInHttp2 = ['authorization', 'user-agent', 'if-match']

function sendable(lines: HeaderLines, { protocol }: Connection): HeaderLines {
  if (protocol === 'HTTP/1.1') return lines
  const seen = new Set<string>()
  return lines.filter(([name]) => {
    const key = name.toLowerCase()
    const again = seen.has(key)
    seen.add(key)
    return !again || !onceInHttp2.includes(key)
  })
}

/**
 * Says what a rule can see of a request, from what was sent and the path that Envoy made of it:
 * everything else is as sent.
 */
export function factsOf(request: SentRequest, path: string): Facts {
  const { method, host, connection } = request
  const { peer } = connection
  const scheme = peer.kind === 'absent' && peer.plaintext ? 'http' : 'https'
  const headers: Record<string, string[]> = { ':scheme': [scheme] }
  for (const [name, value] of request.headers) {
    const key = name.toLowerCase()
    headers[key] = [...(headers[key] ?? []), value]
  }
  headers['x-forwarded-proto'] ??= [scheme]
  if (connection.protocol === 'HTTP/2' && headers.cookie !== undefined) {
    // Envoy puts the lines together, and makes no header of nothing.
    const joined = headers.cookie.reduce(joinCookies)
    if (joined === '') delete headers.cookie
    else headers.cookie = [joined]
  }
  return describedFacts({ ...connection, method, host, path, headers }, connection.peer)
}

/** RFC 9113 section 8.2.3: what comes in lines of their own is one value. */
function joinCookies(before: string, line: string): string {
  return before === '' ? line : `${before}; ${line}`
}
