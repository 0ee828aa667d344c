import type { AddressRange, Port } from '../authorization-policy.js'
import { addressWitnesses } from './address-witnesses.js'
import { anyText, isWorkloadId, pathText, workloadIds } from './domains.js'
import { likelyIdentities } from './likely-identities.js'
import { patternLanguage } from './pattern-language.js'
import type { Probe } from './probe.js'
import type { Wanted } from './wanted.js'
import { type Domain, findWitnesses, type Witnesses } from './witnesses.js'

/** A value of an attribute, as the part of a request that has it. */
export interface DimensionValue {
  readonly part: Partial<Probe>
  /** Its name, when it stands for itself and not for all that looks the same to the policies. */
  readonly name?: string
}

/** What {@link findValues} found. */
export interface FoundValues {
  readonly values: readonly DimensionValue[]
  /** False when there may be a way to match the patterns that has no value. */
  readonly complete: boolean
}

/** What a request without a value for an attribute is called. */
export const absence = {
  peer: 'no certificate',
  invalidPeer: 'a certificate that is no X.509-SVID',
  sni: 'no server name',
  header: 'none',
  address: 'an unknown address',
  port: 'an unknown port',
} as const

/** Finds values, the likely ones first, so that each way to match the wanted patterns has one. */
export function findValues(
  key: string,
  wanted: readonly Wanted[],
  callers: readonly string[],
): FoundValues {
  switch (key) {
    case 'peer':
      return peers(wanted, callers)
    case 'method':
      return texts(wanted, likelyMethods, anyText('not-empty', '/?#'), method => ({ method }))
    case 'path': {
      const query = wanted.some(({ attribute }) => attribute.kind === 'header')
      return texts(wanted, ['/'], pathText(query ? 'with-query' : 'without-query'), path => ({
        path,
      }))
    }
    case 'host':
      return texts(wanted, [], anyText('empty'), host => ({ host }))
    case 'sni': {
      const { values, complete } = texts(wanted, [], anyText('not-empty'), sni => ({ sni }))
      return { values: [{ part: { sni: undefined }, name: absence.sni }, ...values], complete }
    }
    case 'destination-port':
      return ports(wanted)
    case 'source-ip':
      return addresses(wanted, sourceIp => ({ sourceIp }))
    case 'remote-ip':
      return addresses(wanted, remoteIp => ({ remoteIp }))
    case 'destination-ip':
      return addresses(wanted, destinationIp => ({ destinationIp }))
    default:
      return headerLines(key.slice('header '.length), wanted)
  }
}

const likelyMethods = ['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'HEAD', 'OPTIONS']

function texts(
  wanted: readonly Wanted[],
  likely: readonly string[],
  domain: Domain,
  part: (text: string) => Partial<Probe>,
): FoundValues {
  const { texts: found, complete } = search(wanted, domain)
  return { values: [...likely, ...found].map(text => ({ part: part(text) })), complete }
}

function search(wanted: readonly Wanted[], domain: Domain): Witnesses {
  return findWitnesses(
    wanted.map(({ attribute, pattern }) => patternLanguage(attribute, pattern)),
    domain,
  )
}

/** Up to how many patterns for namespaces identities are looked at that name two. */
const maximumTwice = 16

function peers(wanted: readonly Wanted[], callers: readonly string[]): FoundValues {
  const spelled = wanted.flatMap(({ attribute, pattern }) => {
    const whole = attribute.kind === 'principal' && pattern.kind === 'exact'
    return whole ? `spiffe://${pattern.value}` : []
  })
  const named = [...new Set([...callers, ...spelled])].filter(isWorkloadId).sort()
  const namespaces = wanted.filter(({ pattern }) => /^(?:namesp|service-acc)/.test(pattern.kind))
  const twice = namespaces.length <= maximumTwice
  const { texts: found, complete } = search(wanted, workloadIds(twice ? 2 : 1))
  const unnamed = [...likelyIdentities(wanted), ...found].filter(id => !named.includes(id))
  return {
    values: [
      ...named.map(spiffeId => ({ part: svid(spiffeId), name: spiffeId })),
      { part: { peer: { kind: 'absent' } }, name: absence.peer },
      { part: { peer: { kind: 'invalid', reason: 'it is none' } }, name: absence.invalidPeer },
      ...unnamed.filter(isWorkloadId).map(spiffeId => ({ part: svid(spiffeId) })),
    ],
    complete: complete && twice,
  }
}

function svid(spiffeId: string): Partial<Probe> {
  return { peer: { kind: 'svid', spiffeId } }
}

function ports(wanted: readonly Wanted[]): FoundValues {
  const named = new Set(wanted.map(({ pattern }) => (pattern as Port).port))
  const other = [8080, ...[...named].map(port => (port + 1) % 65536)].find(port => !named.has(port))
  return {
    values: [
      ...[...named, other ?? 0].map(destinationPort => ({ part: { destinationPort } })),
      { part: { destinationPort: undefined }, name: absence.port },
    ],
    complete: true,
  }
}

function addresses(
  wanted: readonly Wanted[],
  part: (address: string | undefined) => Partial<Probe>,
): FoundValues {
  const ranges = wanted.map(({ pattern }) => pattern as AddressRange)
  return {
    values: [
      ...addressWitnesses(ranges).map(address => ({ part: part(address) })),
      { part: part(undefined), name: absence.address },
    ],
    complete: true,
  }
}

/** How many different lines are put together in every way; of more, only two at a time, and all. */
const maximumCombined = 7

/** Requests without the header, with one line of it, and with several. */
function headerLines(name: string, wanted: readonly Wanted[]): FoundValues {
  const { texts: lines, complete } = search(wanted, anyText('empty'))
  const all = lines.length <= maximumCombined
  const combined = all ? subsets(lines) : [...upToTwo(lines), lines]
  return {
    values: [
      { part: { headers: {} }, name: absence.header },
      ...combined.map(values => ({ part: { headers: { [name]: values } } })),
    ],
    complete: complete && all,
  }
}

/** All but the empty one, the small ones first. */
function subsets(lines: readonly string[]): readonly (readonly string[])[] {
  let found: readonly (readonly string[])[] = [[]]
  for (const line of lines) found = [...found, ...found.map(subset => [...subset, line])]
  return found.filter(subset => subset.length > 0).sort((left, right) => left.length - right.length)
}

function upToTwo(lines: readonly string[]): readonly (readonly string[])[] {
  const pairs = lines.flatMap((line, index) => lines.slice(index + 1).map(other => [line, other]))
  return [...lines.map(line => [line]), ...pairs]
}
