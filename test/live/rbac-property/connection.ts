import fc from 'fast-check'

/** Who is at the other end of a connection, and what it shows. */
export type Caller =
  | { readonly kind: 'svid'; readonly spiffeId: string }
  | { readonly kind: 'absent'; readonly plaintext: boolean }

/** A connection: who opens it, from where, where it arrived and by which name. */
export interface Connection {
  readonly peer: Caller
  readonly protocol: 'HTTP/1.1' | 'HTTP/2'
  /** Of 127.0.0.0/8. */
  readonly sourceIp: string
  readonly destinationIp: string
  readonly destinationPort: number
  readonly sni?: string
}

/** The trust domains that identities and meshes are of. */
export const trustDomains = [
  'td1',
  'td2',
  'cluster.local',
  'old-td',
  'new-td',
  'a.b',
  'td',
  '1.td1',
]

/** The names that callers ask for in the handshake. */
export const serverNames = [
  'login.example.com',
  'a.example.com',
  'example.com',
  'outbound_.8443_._.a',
]

const segment = fc.constantFrom('ns', 'sa', 'apps', 'web', 'shop', 'a', 'b', 'a.b', 'x-y', '1', 'A')
const namespace = fc.constantFrom('apps', 'shop', 'a', 'a.b', 'istio-system', 'apps2')
const account = fc.constantFrom('web', 'api', 'a', 'w.b', 'sa')

/** What stands behind the trust domain: as Istio writes it, with segments around it, or anything. */
const idPath = fc.oneof(
  { weight: 6, arbitrary: fc.tuple(namespace, account).map(([ns, sa]) => `ns/${ns}/sa/${sa}`) },
  {
    weight: 2,
    arbitrary: fc
      .tuple(
        namespace,
        fc.constantFrom('k/v/', 'x/', ''),
        account,
        fc.constantFrom('', '/x', '/x/y'),
      )
      .map(([ns, between, sa, after]) => `ns/${ns}/${between}sa/${sa}${after}`),
  },
  {
    weight: 2,
    arbitrary: fc.array(segment, { minLength: 1, maxLength: 7 }).map(path => path.join('/')),
  },
)

const caller: fc.Arbitrary<Caller> = fc.oneof(
  {
    weight: 7,
    arbitrary: fc
      .tuple(fc.constantFrom(...trustDomains), idPath)
      .map(([domain, path]) => ({ kind: 'svid' as const, spiffeId: `spiffe://${domain}/${path}` })),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('absent'), plaintext: fc.boolean() }) },
)

/** Makes connections of every kind. Without TLS no name is asked for. */
export const connectionArbitrary: fc.Arbitrary<Connection> = fc
  .record({
    peer: caller,
    protocol: fc.constantFrom('HTTP/1.1', 'HTTP/1.1', 'HTTP/1.1', 'HTTP/2'),
    sourceIp: fc.constantFrom('127.0.0.1', '127.0.0.2', '127.1.2.255', '127.128.0.1'),
    destinationIp: fc.constantFrom('127.0.0.1', '127.0.0.2', '127.1.0.1', '10.1.2.3'),
    destinationPort: fc.constantFrom(8443, 8443, 8080, 443),
    sni: fc.option(fc.constantFrom(...serverNames), { freq: 2 }),
  })
  .map(({ sni, ...rest }) => {
    const named = sni !== null && !(rest.peer.kind === 'absent' && rest.peer.plaintext)
    return named ? { ...rest, sni } : rest
  }) as fc.Arbitrary<Connection>
