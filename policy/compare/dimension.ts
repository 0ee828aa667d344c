import type { Attribute, Condition } from '../authorization-policy.js'
import type { Facts } from '../facts.js'
import { compileCondition } from '../matching/condition.js'
import type { Outcome } from '../matching/outcome.js'
import { type DimensionValue, findValues } from './dimension-values.js'
import { joinProbes, probeFacts } from './probe.js'
import { allWanted, type Wanted, wantedText } from './wanted.js'

/**
 * One side of a request that varies on its own, such as its method, with a value for each way in
 * which the given conditions can tell requests apart by it.
 */
export interface Dimension {
  /** The attribute's kind, `peer` for all that is asked of an identity, or `header NAME`. */
  readonly key: string
  readonly values: readonly DimensionValue[]
  /** What names several values at once: the patterns of the policies, and single values. */
  readonly sets: readonly NamedSet[]
  /** False when there may be more ways to tell requests apart than were found. */
  readonly complete: boolean
}

/** A pattern with the values that it matches, by their index. */
export interface NamedSet {
  readonly text: string
  readonly members: ReadonlySet<number>
}

/** Headers that are another attribute under a name of their own. */
const pseudoHeaders: ReadonlyMap<string, string> = new Map([
  [':method', 'method'],
  [':path', 'path'],
  [':authority', 'host'],
  ['host', 'host'],
])

/** Names the dimension that an attribute belongs to. */
export function dimensionKey(attribute: Attribute): string {
  switch (attribute.kind) {
    case 'principal':
    case 'namespace':
    case 'service-account':
    case 'trust-domain':
      return 'peer'
    case 'header':
      return pseudoHeaders.get(attribute.name) ?? `header ${attribute.name}`
    default:
      return attribute.kind
  }
}

/**
 * Makes the dimension of conditions that have its key.
 *
 * @param callers SPIFFE IDs that are values of the dimension `peer`, whatever the conditions say
 */
export function makeDimension(
  key: string,
  conditions: readonly Condition[],
  callers: readonly string[],
): Dimension {
  const wanted = allWanted(conditions)
  const found = findValues(key, wanted, callers)
  const tests = wanted.map(patternTest)
  const values: DimensionValue[] = []
  const outcomes: (readonly Outcome[])[] = []
  const seen = new Set<string>()
  for (const value of found.values) {
    const facts = probeFacts(joinProbes([value.part]))
    const outcome = tests.map(test => test(facts))
    const told = outcome.join()
    // A value without a name stands for all that look the same.
    if (value.name === undefined && seen.has(told)) continue
    if (value.name === undefined) seen.add(told)
    values.push(value)
    outcomes.push(outcome)
  }
  const patterns = wanted.map((each, index) => ({
    text: wantedText(each),
    members: indexesOf(outcomes, outcome => outcome[index] === 'match'),
  }))
  const named = values.flatMap(({ name }, index) => {
    return name === undefined ? [] : { text: name, members: new Set([index]) }
  })
  return { key, values, sets: [...named, ...patterns], complete: found.complete }
}

function indexesOf<T>(items: readonly T[], holds: (item: T) => boolean): ReadonlySet<number> {
  return new Set(items.flatMap((item, index) => (holds(item) ? index : [])))
}

function patternTest({ attribute, pattern }: Wanted): (facts: Facts) => Outcome {
  const place = { file: '', line: 1, column: 1 }
  return compileCondition({ field: '', attribute, negated: false, patterns: [pattern], place })
}
