import { byteString } from './byte-string.js'
import type { Facts, Peer } from './facts.js'
import { headerLines } from './header-lines.js'
import { remoteAddress } from './remote-address.js'

/**
 * A request as a person writes it down: on the command line, in a policy test. What is not said is
 * absent, as in a request that does not have it.
 */
export interface DescribedRequest {
  readonly method: string
  /** As Envoy hands it on after its normalisation; a query is cut off. */
  readonly path: string
  readonly host?: string | undefined
  /** Values by name in any case; a list is a header that came in several lines. */
  readonly headers?: Readonly<Record<string, string | readonly string[]>> | undefined
  readonly sourceIp?: string | undefined
  readonly destinationIp?: string | undefined
  readonly destinationPort?: number | undefined
  readonly sni?: string | undefined
}

/** Makes of a described request what a rule can see, as a check request with raw headers would. */
export function describedFacts(request: DescribedRequest, peer: Peer): Facts {
  const host = byteString(request.host ?? '')
  const path = byteString(request.path)
  const headers = new Map<string, readonly string[]>([
    [':method', [request.method]],
    [':path', [path]],
    [':authority', [host]],
  ])
  for (const [name, value] of Object.entries(request.headers ?? {})) {
    const lower = name.toLowerCase()
    headers.set(lower, headerLines(lower, [value].flat().map(byteString)))
  }
  return {
    peer,
    method: request.method,
    host,
    path: pathWithoutQuery(path),
    headers,
    headersJoined: false,
    sourceIp: request.sourceIp,
    remoteIp: remoteAddress(headers.get('x-forwarded-for'), request.sourceIp),
    destinationIp: request.destinationIp,
    destinationPort: request.destinationPort,
    sni: request.sni,
  }
}

/** Cuts a path at `?` or `#`. It is never parsed as a URL: `//admin/x` is a path and no authority. */
export function pathWithoutQuery(path: string): string {
  const end = path.search(/[?#]/)
  return end === -1 ? path : path.slice(0, end)
}
