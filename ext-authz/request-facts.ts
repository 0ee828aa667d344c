import {
  byteString,
  type Facts,
  type Peer,
  pathWithoutQuery,
  remoteAddress,
} from '../policy/index.js'
import type { Address } from './generated/envoy/config/core/v3/address_pb.js'
import type {
  AttributeContext,
  AttributeContext_HttpRequest,
} from './generated/envoy/service/auth/v3/attribute_context_pb.js'

/**
 * Takes from a check request's attributes what a rule can see.
 *
 * `undefined` when the attributes describe no HTTP request with a method and a path: there is
 * nothing to decide about, and what cannot be decided is denied.
 *
 * Header lines come from `header_map` (Envoy's `encode_raw_headers`), which keeps repeated lines
 * apart and bytes as they are; else from `headers`, where Envoy joins repeated lines by a comma.
 * Nothing here parses a URL: the path is what Envoy's normalisation left, cut at `?` or `#`.
 */
export function requestFacts(attributes: AttributeContext, peer: Peer): Facts | undefined {
  const http = attributes.request?.http
  if (http === undefined || http.method === '') return undefined
  const raw = http.headerMap !== undefined && http.headerMap.headers.length > 0
  const headers = raw ? rawHeaderLines(http) : joinedHeaderLines(http)
  const path = (raw ? headers.get(':path')?.[0] : undefined) ?? byteString(http.path)
  if (path === '') return undefined
  const source = socketAddress(attributes.source?.address)
  const destination = socketAddress(attributes.destination?.address)
  return {
    peer,
    method: http.method,
    host: (raw ? headers.get(':authority')?.[0] : undefined) ?? byteString(http.host),
    path: pathWithoutQuery(path),
    headers,
    headersJoined: !raw,
    sourceIp: source?.address,
    remoteIp: remoteAddress(headers.get('x-forwarded-for'), source?.address),
    destinationIp: destination?.address,
    destinationPort: destination?.port,
    sni: attributes.tlsSession?.sni || undefined,
  }
}

function rawHeaderLines(http: AttributeContext_HttpRequest): Map<string, string[]> {
  const lines = new Map<string, string[]>()
  for (const { key, value, rawValue } of http.headerMap?.headers ?? []) {
    const name = key.toLowerCase()
    const line = rawValue.length > 0 ? Buffer.from(rawValue).toString('latin1') : byteString(value)
    const present = lines.get(name)
    if (present === undefined) lines.set(name, [line])
    else present.push(line)
  }
  return lines
}

function joinedHeaderLines(http: AttributeContext_HttpRequest): Map<string, string[]> {
  const lines = new Map<string, string[]>()
  for (const [name, value] of Object.entries(http.headers)) {
    lines.set(name.toLowerCase(), [byteString(value)])
  }
  return lines
}

function socketAddress(
  address: Address | undefined,
): { readonly address: string; readonly port: number | undefined } | undefined {
  if (address?.address.case !== 'socketAddress') return undefined
  const socket = address.address.value
  return {
    address: socket.address,
    port: socket.portSpecifier.case === 'portValue' ? socket.portSpecifier.value : undefined,
  }
}
