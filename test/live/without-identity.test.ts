import test from 'ava'
import { type Forwarding, forwardings } from '../../config/index.js'
import type { HeaderLines } from '../../rig/header-lines.js'
import { Lifetime } from '../../rig/lifetime.js'
import { certificateHeader, spiffeIdOf } from '../../rig/mesh.js'
import { type IssuedSvid, issueSvid } from '../../rig/pki.js'
import type { Admission } from '../../rig/server-sidecar.js'
import { forgeries, isMalformed, type Protocol, protocols, send } from './probe.js'
import { type ServerSidecars, startServerSidecars } from './server-sidecars.js'

/** Anybody may read the server's keys, without an identity. */
const policy = `
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: keys-for-all, namespace: identity}
spec:
  selector: {matchLabels: {app: oidc-provider}}
  action: ALLOW
  rules:
    - to: [{operation: {paths: [/keys]}}]
`

const lifetime = new Lifetime()
let world: ServerSidecars
let oddities: Readonly<Record<string, IssuedSvid>>

test.before(async () => {
  world = await startServerSidecars(lifetime, { variants: forwardings, policy })
  const website = spiffeIdOf('website')
  const issue = (options: object) =>
    issueSvid(world.identities.authority, { spiffeId: website, ...options })
  oddities = {
    'with two SPIFFE IDs': await issue({ uris: [website, spiffeIdOf('reports')] }),
    'whose URI is no SPIFFE ID': await issue({ uris: [`${website}/../reports`] }),
    'with the SPIFFE ID as DNS name': await issue({ uris: [], dnsNames: [website] }),
    'with the SPIFFE ID as common name': await issue({ uris: [], subject: `CN=${website}` }),
    'that could sign others': await issue({ keyUsage: ['digitalSignature', 'keyCertSign'] }),
  }
})
test.after.always(() => lifetime.end())

interface Anonymous {
  readonly variant: Forwarding
  readonly admission: Admission
  readonly protocol: Protocol
  readonly forged: readonly string[]
}

const strangers: readonly Admission[] = ['optional', 'plaintext']

function each(test: (title: string, call: Anonymous) => void): void {
  for (const variant of forwardings)
    for (const admission of strangers)
      for (const protocol of protocols)
        for (const [forgery, forged] of Object.entries(forgeries)) {
          const call = { variant, admission, protocol, forged }
          const way = admission === 'plaintext' ? 'plaintext' : 'TLS without a client certificate'
          if (!isMalformed(call)) test(`${variant}: ${way}, ${forgery}, ${protocol}`, call)
        }
}

each((title, call) =>
  test(`${title}: let in by a policy for all, it arrives without the header`, async t => {
    const { result, lines } = await send(world, { ...call, path: '/keys' })
    t.like(result, { kind: 'answer', status: 200 })
    t.deepEqual(lines, [])
  }),
)

for (const variant of forwardings)
  test(`${variant}: let in by a policy for all, a peer's certificate is forwarded`, async t => {
    const svid = world.identities.svids.guestbook
    const forged = forgeries['every spelling at once']
    const own: HeaderLines = [[certificateHeader, encodeURIComponent(svid.certificate)]]
    for (const protocol of protocols) {
      const probe = {
        variant,
        admission: 'required',
        svid,
        forged,
        protocol,
        path: '/keys',
      } as const
      const { result, lines } = await send(world, probe)
      t.like(result, { kind: 'answer', status: 200 })
      t.deepEqual(lines, own)
    }
  })

const seenByAll = [
  'with two SPIFFE IDs',
  'whose URI is no SPIFFE ID',
  'with the SPIFFE ID as DNS name',
  'with the SPIFFE ID as common name',
]

/** What a key may be used for is shown by Envoy to no filter; the service reads the certificate. */
const oddTitles: Readonly<Record<Forwarding, readonly string[]>> = {
  lua: seenByAll,
  native: seenByAll,
  'ext-authz': [...seenByAll, 'that could sign others'],
}

for (const variant of forwardings)
  for (const title of oddTitles[variant])
    test(`${variant}: a certificate of the mesh ${title} is no identity`, async t => {
      for (const admission of ['required', 'optional'] as const) {
        const svid = oddities[title]
        const forged = forgeries['every spelling at once']
        const probe = { variant, admission, svid, forged, protocol: 'HTTP/1.1' } as const
        const { result, lines } = await send(world, probe)
        t.is(lines, undefined, `${admission}: ${JSON.stringify(result)}`)
        if (result.kind === 'answer') t.is(result.status, 403)
        const open = await send(world, { ...probe, path: '/keys' })
        t.deepEqual(open.lines ?? [], [], 'nor is it forwarded where no identity is needed')
      }
    })
