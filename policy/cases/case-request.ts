import type { DescribedRequest } from '../described-request.js'
import type { Place } from '../diagnostic.js'
import type { Peer } from '../facts.js'
import { parseIpAddress } from '../matching/ip-address.js'
import { type Report, readFields } from '../reading/policy-fields.js'
import type { YamlNode } from '../yaml/yaml-source.js'
import { type FieldReader, hasControlCharacters, readString } from './case-fields.js'
import { type HeaderLines, readHeaders } from './case-headers.js'
import { readIdentity } from './case-identity.js'
import { readPath } from './case-path.js'

/** What a request may say, in a case and in the defaults of its file. */
export const requestFields = [
  'identity',
  'method',
  'path',
  'host',
  'headers',
  'sourceIp',
  'destinationIp',
  'port',
  'sni',
]

/** What was said of a request. */
export interface RequestParts {
  /** The fields that were given, also those whose value was refused. */
  readonly given: ReadonlySet<string>
  readonly request: Partial<DescribedRequest>
  readonly headers: HeaderLines
  readonly peer: Peer | undefined
}

/** Reads the fields of a request; none of them is asked for yet. */
export function readRequest(
  node: YamlNode | undefined,
  where: string,
  report: Report,
): RequestParts {
  const fields =
    node === undefined ? new Map<never, never>() : readFields(node, where, requestFields, report)
  function read<K extends string, T>(name: K, field: string, reader: FieldReader<T>) {
    const entry = fields.get(field)
    const value = entry && reader(entry.value, `${where}.${field}`, report)
    return (value === undefined ? {} : { [name]: value }) as { readonly [key in K]?: T }
  }
  return {
    given: new Set(fields.keys()),
    request: {
      ...read('method', 'method', readMethod),
      ...read('path', 'path', readPath),
      ...read('host', 'host', readHost),
      ...read('sourceIp', 'sourceIp', readAddress),
      ...read('destinationIp', 'destinationIp', readAddress),
      ...read('destinationPort', 'port', readPort),
      ...read('sni', 'sni', readHost),
    },
    headers: read('headers', 'headers', readHeaders).headers ?? {},
    peer: read('peer', 'identity', readIdentity).peer,
  }
}

/**
 * Fills in the defaults and asks for what a request cannot do without: who calls, and a path. The
 * method is GET when nothing else is said. Headers of the defaults stay unless the case names them.
 */
export function completeRequest(
  own: RequestParts,
  defaults: RequestParts,
  place: Place,
  where: string,
  report: Report,
): { readonly request: DescribedRequest; readonly peer: Peer } | undefined {
  const given = (field: string) => own.given.has(field) || defaults.given.has(field)
  if (!given('identity')) {
    const hint = 'Add identity: a SPIFFE ID, or none for a caller without a certificate.'
    report('SC0503', `${where} does not say who calls`, hint, place)
  }
  if (!given('path'))
    report('SC0503', `${where} has no path`, 'Add path, like path: /token.', place)
  const request = { ...defaults.request, ...own.request }
  const peer = own.peer ?? defaults.peer
  if (peer === undefined || request.path === undefined) return undefined
  const headers = { ...defaults.headers, ...own.headers }
  return { request: { method: 'GET', ...request, path: request.path, headers }, peer }
}

const readMethod: FieldReader<string> = (node, where, report) => {
  const text = readString(node, where, report)
  if (text === undefined || /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(text)) return text
  report(
    'SC0502',
    `${where} is no method: ${JSON.stringify(text)}`,
    'Write one method, like POST.',
    node.place,
  )
  return undefined
}

const readHost: FieldReader<string> = (node, where, report) => {
  const text = readString(node, where, report)
  if (text === undefined) return undefined
  if (!/[\s/@?#]/.test(text) && !hasControlCharacters(text)) return text
  const hint = 'Write a name like login.example.com, without scheme and path.'
  report('SC0502', `${where} is no host: ${JSON.stringify(text)}`, hint, node.place)
  return undefined
}

const readAddress: FieldReader<string> = (node, where, report) => {
  const text = readString(node, where, report)
  if (text === undefined || parseIpAddress(text) !== undefined) return text
  const hint = 'Write one address without a port, like 10.0.0.1 or 2001:db8::1.'
  report('SC0502', `${where} is no IP address: ${JSON.stringify(text)}`, hint, node.place)
  return undefined
}

/** A number; in quotes, too, as a policy has it. */
const readPort: FieldReader<number> = (node, where, report) => {
  const text = node.kind === 'scalar' && /^[0-9]+$/.test(node.source) ? node.source : ''
  const port = Number(text)
  if (port >= 1 && port <= 65535) return port
  const hint = "Write the container's port, from 1 to 65535."
  report('SC0502', `${where} is no port`, hint, node.place)
  return undefined
}
