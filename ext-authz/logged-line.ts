import {
  type Decision,
  type Peer,
  parseSpiffeId,
  type RecordedAttribute,
  type RecordedDecision,
  type Workload,
} from '../policy/index.js'

/** A line of the decision log as a replay takes it. */
export type LoggedLine =
  | { readonly kind: 'decision'; readonly decision: RecordedDecision }
  /** A decision for which no policy was asked. */
  | { readonly kind: 'without-policy' }
  /** A line about the service. */
  | { readonly kind: 'event' }
  | { readonly kind: 'malformed'; readonly problem: string }

type Json = Readonly<Record<string, unknown>>

/** Reads a line that the decision log has written, of this version or an earlier one. */
export function readLoggedLine(text: string): LoggedLine {
  let line: unknown
  try {
    line = JSON.parse(text)
  } catch {
    return malformed('it is not JSON')
  }
  if (!isObject(line)) return malformed('it is not a JSON object')
  if (line.message !== 'decision') {
    return typeof line.message === 'string' ? { kind: 'event' } : malformed('it has no message')
  }
  const verdict = verdictOf(line.verdict)
  if (verdict === undefined) return malformed('its verdict is neither allow nor deny')
  if (typeof line.reason !== 'string') return malformed('it has no reason')
  const reason = policyReasons.find(known => known === line.reason)
  if (reason === undefined) return { kind: 'without-policy' }
  const { time, method, host, path, rule } = line
  const peer = peerOf(line)
  if (peer === undefined) return malformed('it does not say who the caller was')
  const workload = workloadOf(line)
  if (workload === undefined) return malformed('it does not say which workload was called')
  if (typeof method !== 'string' || typeof path !== 'string' || typeof host !== 'string') {
    return malformed('it has no method, host or path')
  }
  if (typeof time !== 'string' || !/^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(time)) {
    return malformed('it has no time')
  }
  const headers = headersOf(line)
  const known = knownOf(line)
  if (headers === undefined || known === undefined) {
    return malformed('its addresses or headers have the wrong form')
  }
  return {
    kind: 'decision',
    decision: {
      time,
      decision: typeof rule === 'string' ? { verdict, reason, rule } : { verdict, reason },
      peer,
      workload,
      method,
      host,
      path,
      // Lines of earlier versions say nothing of addresses, nor of a query.
      withoutQuery: Object.hasOwn(line, 'sourceIp') ? line.queryWithheld !== true : undefined,
      known,
      headers,
      headersJoined: line.headersJoined === true,
    },
  }
}

const policyReasons: readonly Decision['reason'][] = [
  'allowed-by-rule',
  'denied-by-rule',
  'no-rule-matched',
  'no-policy',
]

function malformed(problem: string): LoggedLine {
  return { kind: 'malformed', problem }
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function verdictOf(value: unknown): 'allow' | 'deny' | undefined {
  return value === 'allow' || value === 'deny' ? value : undefined
}

function peerOf({ certificate, identity }: Json): Peer | undefined {
  if (certificate === 'absent') return { kind: 'absent' }
  if (typeof certificate !== 'string') return undefined
  const reason = /^invalid: (.*)$/s.exec(certificate)?.[1]
  if (reason !== undefined) return { kind: 'invalid', reason }
  if (certificate !== 'svid' || typeof identity !== 'string') return undefined
  try {
    parseSpiffeId(identity)
    return { kind: 'svid', spiffeId: identity }
  } catch {
    return undefined
  }
}

function workloadOf({ namespace, labels }: Json): Workload | undefined {
  if (typeof namespace !== 'string' || !isObject(labels)) return undefined
  const pairs = Object.entries(labels)
  return pairs.every((pair): pair is [string, string] => typeof pair[1] === 'string')
    ? { namespace, labels: Object.fromEntries(pairs) }
    : undefined
}

function headersOf({ headers = {} }: Json): ReadonlyMap<string, readonly string[]> | undefined {
  if (!isObject(headers)) return undefined
  const lines = new Map<string, readonly string[]>()
  for (const [name, values] of Object.entries(headers)) {
    if (!Array.isArray(values) || !values.every(value => typeof value === 'string'))
      return undefined
    lines.set(name, values)
  }
  return lines
}

const attributeTypes: Readonly<Record<RecordedAttribute, 'string' | 'number'>> = {
  sourceIp: 'string',
  remoteIp: 'string',
  destinationIp: 'string',
  destinationPort: 'number',
  sni: 'string',
}

function knownOf(line: Json): RecordedDecision['known'] | undefined {
  const known: Record<string, unknown> = {}
  for (const [name, type] of Object.entries(attributeTypes)) {
    if (!Object.hasOwn(line, name)) continue
    const value = line[name]
    if (value !== null && typeof value !== type) return undefined
    known[name] = value ?? undefined
  }
  return known
}
