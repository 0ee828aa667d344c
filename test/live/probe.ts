import { randomUUID } from 'node:crypto'
import { type Call, type CallerTls, type CallResult, callHttp1 } from '../../rig/caller.js'
import { type HeaderLines, linesLike } from '../../rig/header-lines.js'
import { callHttp2 } from '../../rig/http2-caller.js'
import { certificateHeader } from '../../rig/mesh.js'
import type { IssuedSvid } from '../../rig/pki.js'
import type { Admission } from '../../rig/server-sidecar.js'
import { headerValueOf, type Variant } from '../../rig/system.js'
import { callMalformedHttp2 } from './malformed-http2.js'
import type { ServerSidecars } from './server-sidecars.js'

/** The protocols in which a caller can speak. */
export const protocols = ['HTTP/1.1', 'HTTP/2'] as const

/** One of them. */
export type Protocol = (typeof protocols)[number]

/** The names under which a caller sends a copy of the website's certificate. */
export const forgeries = {
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
} as const satisfies Record<string, readonly string[]>

/** A call to a server's sidecar. */
export interface Probe {
  readonly variant: Variant
  readonly admission: Admission
  /** What the caller shows of itself; nothing on plaintext. */
  readonly svid?: Pick<IssuedSvid, 'chain' | 'key'> | undefined
  readonly path?: string
  readonly forged: readonly string[]
  readonly protocol: Protocol
}

/** What came of it. */
export interface Probed {
  readonly result: CallResult
  /** What the application could take for the header; undefined when no request arrived. */
  readonly lines: HeaderLines | undefined
}

/** Makes the call and looks at what arrived behind the sidecar. */
export async function send(world: ServerSidecars, probe: Probe): Promise<Probed> {
  const { identities, upstream, sidecars } = world
  const { admission, svid, forged } = probe
  const shown = svid === undefined ? {} : { chain: svid.chain, key: svid.key }
  const tls: CallerTls =
    admission === 'plaintext' ? { kind: 'plaintext' } : { kind: 'tls', ...shown }
  const callId = randomUUID()
  const victim = headerValueOf(identities, 'website')
  const sidecar = sidecars.get(probe.variant)
  if (sidecar === undefined) throw new Error(`no sidecar of ${probe.variant} was started`)
  const call: Call = {
    port: sidecar.port(admission),
    tls,
    method: 'GET',
    path: probe.path ?? '/token',
    headerLines: [['x-call-id', callId], ...forged.map(name => [name, victim] as const)],
  }
  const result = await callerFor(probe)(call)
  const [arrived, ...more] = upstream.arrived(callId)
  if (more.length > 0) throw new Error('one call arrived more than once')
  return { result, lines: arrived && linesLike(arrived.headerLines, certificateHeader) }
}

function callerFor(probe: Probe) {
  if (probe.protocol === 'HTTP/1.1') return callHttp1
  return isMalformed(probe) ? callMalformedHttp2 : callHttp2
}

/** In HTTP/2 a name in capitals makes the request malformed: RFC 9113 section 8.2.1. */
export function isMalformed({ protocol, forged }: Pick<Probe, 'protocol' | 'forged'>): boolean {
  return protocol === 'HTTP/2' && forged.some(name => name !== name.toLowerCase())
}
