import type { Decision } from '../decision.js'
import type { Probe } from './probe.js'

/** Values of a dimension, by their index, in ascending order. */
export type Selection = readonly number[]

/** Who decided: a rule, or the reason why none did. */
export type DecidedBy = Pick<Decision, 'verdict' | 'reason' | 'rule'>

/** Requests that both sides decide differently and for the same reasons: a value of each selection. */
export interface Box {
  /** One for each dimension, in the order of the dimensions. */
  readonly selections: readonly Selection[]
  readonly before: DecidedBy
  readonly after: DecidedBy
  /** One of the requests. */
  readonly example: Probe
}

/** Joins boxes that differ in one dimension only, until there are none. */
export function joinBoxes(boxes: readonly Box[]): readonly Box[] {
  const dimensions = boxes[0]?.selections.length ?? 0
  let joined = boxes
  let before: number
  do {
    before = joined.length
    for (let dimension = 0; dimension < dimensions; dimension++)
      joined = joinAlong(joined, dimension)
  } while (joined.length < before)
  return joined
}

function joinAlong(boxes: readonly Box[], dimension: number): readonly Box[] {
  const joined = new Map<string, Box>()
  for (const box of boxes) {
    const { selections, before, after } = box
    const others = selections.map((selection, index) => (index === dimension ? [] : selection))
    const key = JSON.stringify([others, decidedByKey(before), decidedByKey(after)])
    const known = joined.get(key)
    joined.set(key, known === undefined ? box : union(known, box, dimension))
  }
  return [...joined.values()]
}

function union(left: Box, right: Box, dimension: number): Box {
  const selections = left.selections.map((selection, index) => {
    if (index !== dimension) return selection
    const values = new Set([...selection, ...(right.selections[index] ?? [])])
    return [...values].sort((one, other) => one - other)
  })
  return { ...left, selections }
}

/** Writes down who decided, in one way for all that is the same. */
export function decidedByKey({ verdict, reason, rule }: DecidedBy): string {
  return JSON.stringify([verdict, reason, rule])
}
