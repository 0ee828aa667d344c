import type { CompiledPolicies } from '../compile-policies.js'
import { decide } from '../decide.js'
import type { Decision } from '../decision.js'
import type { Box, DecidedBy, Selection } from './box.js'
import { type Dimension, makeDimension } from './dimension.js'
import type { DimensionValue } from './dimension-values.js'
import { joinProbes, type Probe, probeFacts } from './probe.js'
import {
  conditionsByDimension,
  decisionText,
  type Residual,
  specialise,
  verdictText,
  wholeResidual,
} from './residual.js'

/** How two sets of policies for one workload differ. */
export interface Differences {
  /** The dimension `peer` first. */
  readonly dimensions: readonly Dimension[]
  readonly boxes: readonly Box[]
  /** How many requests were decided by both sides. */
  readonly decided: number
  /** How many combinations of values were left out because there were too many. */
  readonly leftOut: number
}

/** The order in which dimensions are looked at; headers come after these. */
const order = ['peer', 'path', 'method', 'host', 'destination-port', 'sni']

/**
 * Finds the requests that two sets of policies decide differently.
 *
 * Each dimension of a request has a value for every way in which the policies can tell requests
 * apart by it. Dimension by dimension, values after which both sides have the same left to ask are
 * taken together, and where the verdict can no longer differ the search ends; so that it looks at
 * all combinations of values, though it decides few of them. What it says of a request is always
 * what {@link decide} says.
 *
 * @param callers SPIFFE IDs that are looked at each by itself
 * @param maximumDecisions how many requests may be decided; what that leaves out is counted
 */
export function findDifferences(
  before: CompiledPolicies,
  after: CompiledPolicies,
  callers: readonly string[],
  maximumDecisions: number,
): Differences {
  const start = { before: wholeResidual(before), after: wholeResidual(after) }
  if (verdictText(start.before) === verdictText(start.after)) {
    return { dimensions: [], boxes: [], decided: 0, leftOut: 0 }
  }
  const conditions = conditionsByDimension([before, after])
  const keys = [...new Set(['peer', ...conditions.keys()])].sort(byOrder)
  const dimensions = keys.map(key => makeDimension(key, conditions.get(key) ?? [], callers))
  const boxes: Box[] = []
  let decided = 0
  let leftOut = 0

  const look = (known: Known, budget: number): void => {
    const { before: left, after: right, selections, parts } = known
    if (verdictText(left) === verdictText(right)) return
    const dimension = dimensions[selections.length]
    const limit = decided + budget
    if (dimension === undefined) {
      conclude(selections, joinProbes(parts))
      return
    }
    const branches = branch(known, dimension)
    for (const [index, next] of branches.entries()) {
      // Each branch gets its share of what is left, so that every caller is looked at.
      const share = Math.floor((limit - decided) / (branches.length - index))
      if (share >= 1) look(next, share)
      else leftOut += combinations(next.selections, dimensions)
    }
  }

  const conclude = (selections: readonly Selection[], example: Probe): void => {
    decided++
    const facts = probeFacts(example)
    const old = decidedBy(decide(before, facts))
    const now = decidedBy(decide(after, facts))
    if (old.verdict !== now.verdict) boxes.push({ selections, before: old, after: now, example })
  }

  look({ ...start, selections: [], parts: [] }, maximumDecisions)
  return { dimensions, boxes, decided, leftOut }
}

/** Some dimensions of a request, and what both sides have left to ask. */
interface Known {
  readonly before: Residual
  readonly after: Residual
  readonly selections: readonly Selection[]
  /** One value of each selection. */
  readonly parts: readonly Partial<Probe>[]
}

function branch(known: Known, { key, values }: Dimension): readonly Known[] {
  const branches = new Map<string, { next: Known; selection: number[] }>()
  for (const [index, { part }] of values.entries()) {
    const facts = probeFacts(joinProbes([part]))
    const before = specialise(known.before, key, facts)
    const after = specialise(known.after, key, facts)
    const text = `${decisionText(before)}${decisionText(after)}`
    const same = branches.get(text)
    if (same === undefined) {
      const parts = [...known.parts, part]
      branches.set(text, { next: { ...known, before, after, parts }, selection: [index] })
    } else {
      same.selection.push(index)
    }
  }
  return [...branches.values()].map(({ next, selection }) => {
    return { ...next, selections: [...known.selections, selection] }
  })
}

function combinations(selections: readonly Selection[], dimensions: readonly Dimension[]): number {
  const size = (values: readonly (number | DimensionValue)[]) => values.length
  return dimensions.reduce((product, { values }, index) => {
    return product * size(selections[index] ?? values)
  }, 1)
}

function decidedBy({ verdict, reason, rule }: Decision): DecidedBy {
  return rule === undefined ? { verdict, reason } : { verdict, reason, rule }
}

function byOrder(left: string, right: string): number {
  const place = (key: string) => {
    const index = order.indexOf(key)
    return index === -1 ? order.length : index
  }
  return place(left) - place(right) || (left < right ? -1 : 1)
}
