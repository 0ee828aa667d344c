import type { Condition } from '../authorization-policy.js'
import type { CompiledPolicies } from '../compile-policies.js'
import { decide } from '../decide.js'
import { describedFacts } from '../described-request.js'
import type { Facts } from '../facts.js'
import type { DecidedBy } from './box.js'
import { dimensionKey, makeDimension } from './dimension.js'
import { joinProbes, type Probe, probeFacts } from './probe.js'
import type { RecordedAttribute, RecordedDecision } from './recorded-decision.js'

/** What policies say of a recorded request, or what is missing to say it. */
export type Replayed =
  | { readonly kind: 'decided'; readonly decision: DecidedBy }
  /** The names of what the log lacks and the policies ask for. */
  | { readonly kind: 'cannot-tell'; readonly missing: readonly string[] }

/** How many ways to fill in what is missing are tried. */
const maximumWays = 4096

/**
 * Decides a recorded request by other policies.
 *
 * What the policies ask for and the record lacks is never guessed: every value that the policies can
 * tell apart is put in its place, and only if all of them give the same verdict there is one.
 */
export function replayDecision(compiled: CompiledPolicies, recorded: RecordedDecision): Replayed {
  const facts = recordedFacts(recorded)
  const missing = [...askedFor(compiled)].filter(([key]) => !isKnown(key, recorded))
  if (missing.length === 0) return { kind: 'decided', decision: decidedBy(compiled, facts) }
  const names = missing.map(([key]) => missingText(key))
  const sizes: number[] = []
  let ways: readonly Facts[] = [facts]
  for (const [key, conditions] of missing) {
    const { values, complete } = makeDimension(key, conditions, [])
    if (!complete || ways.length * values.length > maximumWays) {
      return { kind: 'cannot-tell', missing: names }
    }
    sizes.push(values.length)
    ways = ways.flatMap(way => values.map(({ part }) => fillIn(way, part)))
  }
  const decisions = ways.map(way => decidedBy(compiled, way))
  const [first] = decisions
  if (first === undefined || decisions.some(({ verdict }) => verdict !== first.verdict)) {
    const matter = dependsOn(decisions, sizes)
    return { kind: 'cannot-tell', missing: names.filter((_, index) => matter[index]) }
  }
  const rules = [...new Set(decisions.flatMap(({ rule }) => rule ?? []))]
  const decision = rules.length < 2 ? first : { ...first, rule: rules.join(' or ') }
  return { kind: 'decided', decision }
}

/**
 * Tells of each of several values whether the verdict depends on it. The decisions are those for all
 * combinations of values, of which the last varies fastest.
 */
function dependsOn(decisions: readonly DecidedBy[], sizes: readonly number[]): readonly boolean[] {
  return sizes.map((size, index) => {
    const stride = sizes.slice(index + 1).reduce((product, next) => product * next, 1)
    return decisions.some(({ verdict }, way) => {
      const first = way - (Math.floor(way / stride) % size) * stride
      return verdict !== decisions[first]?.verdict
    })
  })
}

function decidedBy(compiled: CompiledPolicies, facts: Facts): DecidedBy {
  const { verdict, reason, rule } = decide(compiled, facts)
  return rule === undefined ? { verdict, reason } : { verdict, reason, rule }
}

function recordedFacts(recorded: RecordedDecision): Facts {
  const { method, host, path, headers, headersJoined, known, peer } = recorded
  const facts = describedFacts({ method, host, path }, peer)
  const lines = [...headers].filter(([, values]) => values.length > 0)
  // The record has byte strings already, which a description has not.
  return {
    ...facts,
    host,
    path,
    headers: new Map([...facts.headers, [':path', [path]], [':authority', [host]], ...lines]),
    headersJoined,
    sourceIp: known.sourceIp,
    remoteIp: known.remoteIp,
    destinationIp: known.destinationIp,
    destinationPort: known.destinationPort,
    sni: known.sni,
  }
}

const askedByCompiled = new WeakMap<CompiledPolicies, ReadonlyMap<string, readonly Condition[]>>()

/** Conditions by what they need of a request; the query is what `:path` has beside the path. */
function askedFor(compiled: CompiledPolicies): ReadonlyMap<string, readonly Condition[]> {
  const known = askedByCompiled.get(compiled)
  if (known !== undefined) return known
  const asked = new Map<string, Condition[]>()
  for (const { from, to, when } of [...compiled.enforced.deny, ...compiled.enforced.allow]) {
    for (const { condition } of [...from, ...to, when].flat()) {
      const { attribute } = condition
      const query = attribute.kind === 'header' && attribute.name === ':path'
      const key = query ? queryKey : dimensionKey(attribute)
      asked.set(key, [...(asked.get(key) ?? []), condition])
    }
  }
  askedByCompiled.set(compiled, asked)
  return asked
}

const queryKey = 'header :path'

const attributes: ReadonlyMap<string, RecordedAttribute> = new Map([
  ['source-ip', 'sourceIp'],
  ['remote-ip', 'remoteIp'],
  ['destination-ip', 'destinationIp'],
  ['destination-port', 'destinationPort'],
  ['sni', 'sni'],
])

function isKnown(key: string, recorded: RecordedDecision): boolean {
  const attribute = attributes.get(key)
  if (attribute !== undefined) return Object.hasOwn(recorded.known, attribute)
  if (key === queryKey) return recorded.withoutQuery === true
  return !key.startsWith('header ') || recorded.headers.has(key.slice('header '.length))
}

function missingText(key: string): string {
  return attributes.get(key) ?? (key === queryKey ? 'query' : key)
}

function fillIn(facts: Facts, part: Partial<Probe>): Facts {
  const filled = probeFacts(joinProbes([part]))
  const lines = Object.keys(part.headers ?? {}).map(name => {
    return [name, filled.headers.get(name) ?? []] as const
  })
  const { sourceIp, remoteIp, destinationIp, destinationPort, sni } = { ...facts, ...part }
  const headers = new Map([...facts.headers, ...lines])
  return { ...facts, headers, sourceIp, remoteIp, destinationIp, destinationPort, sni }
}
