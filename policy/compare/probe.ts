import { type DescribedRequest, describedFacts } from '../described-request.js'
import type { Facts, Peer } from '../facts.js'

/** A request by a peer that two sets of policies are asked about. */
export interface Probe extends Omit<DescribedRequest, 'headers'> {
  readonly peer: Peer
  readonly headers: Readonly<Record<string, readonly string[]>>
  /** The client's address, whatever the connection's is; undefined when it cannot be known. */
  readonly remoteIp?: string | undefined
}

/** A request that nothing is known of. */
export const plainProbe: Probe = {
  peer: { kind: 'absent' },
  method: 'GET',
  path: '/',
  headers: {},
}

/** Puts the values of several attributes together to one request. */
export function joinProbes(parts: readonly Partial<Probe>[]): Probe {
  const headers = Object.assign({}, ...parts.map(part => part.headers ?? {}))
  return Object.assign({}, plainProbe, ...parts, { headers })
}

/** Makes of a probe what a rule can see. */
export function probeFacts(probe: Probe): Facts {
  const facts = describedFacts(probe, probe.peer)
  return Object.hasOwn(probe, 'remoteIp') ? { ...facts, remoteIp: probe.remoteIp } : facts
}
