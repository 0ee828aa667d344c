import type { Facts, Peer } from '../facts.js'
import type { Workload } from '../workload.js'
import type { DecidedBy } from './box.js'

/** What may be known of a request beside its method, host and path. */
export type RecordedAttribute =
  | 'sourceIp'
  | 'remoteIp'
  | 'destinationIp'
  | 'destinationPort'
  | 'sni'

/** A decision as a log has it: what was decided, and as much of the request as was written down. */
export interface RecordedDecision {
  /** As RFC 3339 in UTC has it, so that texts sort like times. */
  readonly time: string
  readonly decision: DecidedBy
  readonly peer: Peer
  readonly workload: Workload
  readonly method: string
  /** A byte string, as in {@link Facts}. */
  readonly host: string
  /** A byte string without the query. */
  readonly path: string
  /** False when a query was cut off; undefined when that is not known. */
  readonly withoutQuery: boolean | undefined
  /** An attribute that is not here is not known; one that is undefined is known to be absent. */
  readonly known: Partial<Pick<Facts, RecordedAttribute>>
  /** Lines of those headers that were written down, byte strings; none for an absent header. */
  readonly headers: ReadonlyMap<string, readonly string[]>
  readonly headersJoined: boolean
}
