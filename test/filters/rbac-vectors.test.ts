import test from 'ava'
import { denyInvalidPeer, type HttpFilter, notePeer, rbac } from '../../filters/index.js'
import { hasErrors, policiesFor, readAuthorizationPolicies } from '../../policy/index.js'
import {
  createAuthority,
  findEnvoy,
  type IssuedSvid,
  issueSvid,
  Lifetime,
  startEnvoy,
} from '../../rig/index.js'
import { istioListener, istioRuntime } from './istio-listener.js'
import {
  loadVectors,
  type VectorCase,
  type VectorPeer,
  type VectorRequest,
} from './istio-vector.js'
import { callVector } from './vector-caller.js'

const topics = [
  'addresses',
  'audit-and-dry-run',
  'certificates',
  'composition',
  'empty-forms',
  'hosts',
  'methods',
  'namespaces',
  'path-templates',
  'paths',
  'ports',
  'principals',
  'request-headers',
  'scope',
  'service-accounts',
  'sni',
  'trust-domains',
]

for (const topic of topics) {
  test.serial(`Envoy decides like Istio by the filters made of policies: ${topic}`, async t => {
    t.timeout(120_000)
    const lifetime = new Lifetime()
    t.teardown(() => lifetime.end())
    const cases = loadVectors(topic).flatMap(vector => {
      const filters = filtersOf(vector)
      return filters === undefined ? [] : [{ vector, filters }]
    })
    t.true(cases.length > 0)
    const authority = await createAuthority({ trustDomain: 'example.org' })
    const server = await issueSvid(authority, { spiffeId: 'spiffe://example.org/server' })
    const envoy = await startEnvoy({
      program: await findEnvoy(),
      name: topic,
      config: bootstrap(
        cases.map(({ filters }) => filters),
        server,
      ),
      lifetime,
    })
    const certificates = new Map<string, Promise<IssuedSvid>>()
    const certificateOf = (peer: VectorPeer) => {
      const key = JSON.stringify(peer)
      const issued = certificates.get(key) ?? issueSvid(authority, svidOptions(peer))
      certificates.set(key, issued)
      return issued
    }
    for (const [index, { vector }] of cases.entries()) {
      const port = envoy.port(String(index))
      await Promise.all(
        vector.requests.filter(reachable).map(async request => {
          const { peer, allowed } = request
          const svid = peer.kind === 'absent' ? undefined : await certificateOf(peer)
          const status = await callVector(request, port, svid)
          const label = `${vector.name}: ${JSON.stringify(request)}`
          // Of a certificate that is no X.509-SVID nothing is asked: stricter on purpose.
          t.is(status, allowed && !isInvalid(peer) ? 200 : 403, label)
        }),
      )
    }
  })
}

/** Undefined for policies that sidecert refuses where Istio does not. */
function filtersOf({ policies, mesh, workload }: VectorCase): readonly HttpFilter[] | undefined {
  const read = readAuthorizationPolicies(policies, 'policy.yaml', { defaultNamespace: 'default' })
  if (hasErrors(read.diagnostics)) return undefined
  const selected = policiesFor(read.policies, { ...mesh, workload })
  return [notePeer(), denyInvalidPeer(), ...rbac(selected, 'allow')]
}

/** IPv6 on loopback is not there on every machine. */
function reachable({ sourceIp }: VectorRequest): boolean {
  return !sourceIp.includes(':')
}

/** The certificate of a workload has one URI SAN, a SPIFFE ID with a path. */
function isInvalid(peer: VectorPeer): boolean {
  if (peer.kind === 'absent') return false
  const [uri, second] = peer.kind === 'svid' ? [peer.spiffeId] : (peer.uris ?? [])
  return uri === undefined || second !== undefined || !/^spiffe:\/\/[a-z0-9._-]+\/[^,]+$/.test(uri)
}

function svidOptions(peer: VectorPeer) {
  if (peer.kind === 'svid') return { spiffeId: peer.spiffeId }
  if (peer.kind === 'absent') throw new TypeError('a peer without a certificate has none')
  return {
    spiffeId: '',
    uris: peer.uris ?? [],
    dnsNames: peer.dns ?? [],
    ...(peer.commonName === undefined ? {} : { subject: `CN=${peer.commonName}` }),
  }
}

function bootstrap(chains: readonly (readonly HttpFilter[])[], server: IssuedSvid): object {
  return {
    static_resources: {
      listeners: chains.map((filters, index) => {
        return istioListener({ name: String(index), filters, server })
      }),
    },
    layered_runtime: istioRuntime,
  }
}
