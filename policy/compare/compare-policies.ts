import { type CompiledPolicies, compilePolicies } from '../compile-policies.js'
import { selects, type Workload } from '../workload.js'
import { type Box, type DecidedBy, decidedByKey, joinBoxes, type Selection } from './box.js'
import { callerNames } from './caller-text.js'
import type { Dimension } from './dimension.js'
import { type Differences, findDifferences } from './find-differences.js'
import { operationText } from './operation-text.js'
import type { PolicySet } from './policy-set.js'
import type { Probe } from './probe.js'
import { type WorkloadCase, type WorkloadClass, workloadClasses } from './workload-classes.js'

/** What changes from one set of policies to another. */
export interface Comparison {
  /** Empty when every request that was looked at is decided alike. */
  readonly workloads: readonly WorkloadChange[]
  /** How many requests were decided by both sides; they stand for all that look like them. */
  readonly decided: number
  /** What was not looked at, in words; empty when everything was. */
  readonly leftOut: readonly string[]
}

/** What changes for the callers of some workloads. */
export interface WorkloadChange {
  /** In words, such as `curity role=curity-idsvr-runtime`. */
  readonly workloads: readonly string[]
  readonly callers: readonly CallerChange[]
}

/** What some callers gain and lose. */
export interface CallerChange {
  /** SPIFFE IDs, and in words who else. */
  readonly callers: readonly string[]
  readonly gained: readonly OperationChange[]
  readonly lost: readonly OperationChange[]
}

/** Operations that are decided in another way now. */
export interface OperationChange {
  /** In words, in the spelling of the policies. */
  readonly operation: string
  readonly before: DecidedBy
  readonly after: DecidedBy
  /** One request by one of the callers. */
  readonly example: Probe
}

/** How many requests are decided at most by default. */
export const defaultMaximumDecisions = 200_000

/** Finds which callers gain or lose which operations from one set of policies to another. */
export function comparePolicies(
  before: PolicySet,
  after: PolicySet,
  maximumDecisions: number = defaultMaximumDecisions,
): Comparison {
  const { classes, complete } = workloadClasses(before, after)
  const callers = [...new Set([...before.callers, ...after.callers])]
  const leftOut = complete ? [] : ['workloads: too many selectors fit together in one namespace']
  const changes: ClassChange[] = []
  let decided = 0
  for (const [index, cases] of classes.entries()) {
    const [{ workload, name }] = cases
    const share = Math.ceil((maximumDecisions - decided) / (classes.length - index))
    const differences = findDifferences(
      compileFor(workload, before),
      compileFor(workload, after),
      callers,
      share,
    )
    decided += differences.decided
    leftOut.push(...limits(differences).map(limit => `workload ${name}: ${limit}`))
    const found = callerChanges(differences)
    if (found.length > 0) changes.push({ cases, callers: found })
  }
  return { workloads: joinWorkloads(changes), decided, leftOut }
}

function compileFor(workload: Workload, side: PolicySet): CompiledPolicies {
  return side.namespaces?.includes(workload.namespace) === false
    ? compilePolicies([], { ...side, workload, whenNoPolicy: 'deny' })
    : compilePolicies(side.policies, { ...side, workload })
}

interface ClassChange {
  readonly cases: WorkloadClass
  readonly callers: readonly CallerChange[]
}

function limits({ dimensions, leftOut }: Differences): readonly string[] {
  return [
    ...dimensions
      .filter(({ complete }) => !complete)
      .map(({ key }) => `not every ${key} that matches several patterns at once`),
    ...(leftOut === 0 ? [] : [`${leftOut} combinations of values`]),
  ]
}

function callerChanges({ dimensions, boxes }: Differences): readonly CallerChange[] {
  const [peers, ...operation] = dimensions
  if (peers === undefined) return []
  const byCaller = new Map<string, Box[]>()
  for (const box of boxes) {
    const key = JSON.stringify(box.selections[0])
    byCaller.set(key, [...(byCaller.get(key) ?? []), box])
  }
  const groups = new Map<string, { selection: Selection; changes: readonly OperationChange[] }>()
  for (const [selection, found] of byCaller) {
    const changes = operationChanges(operation, found)
    const key = JSON.stringify(changes.map(({ example, ...change }) => change))
    const same = groups.get(key)?.selection ?? []
    const values = [...same, ...(JSON.parse(selection) as number[])]
    groups.set(key, {
      selection: values.sort((left, right) => left - right),
      changes: groups.get(key)?.changes ?? changes,
    })
  }
  return [...groups.values()]
    .sort((left, right) => (left.selection[0] ?? 0) - (right.selection[0] ?? 0))
    .map(({ selection, changes }) => ({
      callers: callerNames(peers, selection),
      gained: changes.filter(({ after }) => after.verdict === 'allow'),
      lost: changes.filter(({ after }) => after.verdict === 'deny'),
    }))
}

function operationChanges(
  dimensions: readonly Dimension[],
  boxes: readonly Box[],
): readonly OperationChange[] {
  const withoutCaller = boxes.map(box => ({ ...box, selections: box.selections.slice(1) }))
  return joinBoxes(withoutCaller)
    .map(({ selections, before, after, example }) => {
      return { operation: operationText(dimensions, selections), before, after, example }
    })
    .sort((left, right) => {
      const [one, other] = [left, right].map(({ operation, before, after }) => {
        return `${operation}${decidedByKey(before)}${decidedByKey(after)}`
      })
      return (one ?? '') < (other ?? '') ? -1 : 1
    })
}

/** Says once what changes alike for several workloads. */
function joinWorkloads(changes: readonly ClassChange[]): readonly WorkloadChange[] {
  const joined = new Map<string, { cases: WorkloadCase[]; callers: readonly CallerChange[] }>()
  for (const { cases, callers } of changes) {
    const key = JSON.stringify(callers)
    const known = joined.get(key)
    if (known === undefined) joined.set(key, { cases: [...cases], callers })
    else known.cases.push(...cases)
  }
  return [...joined.values()].map(({ cases, callers }) => ({
    workloads: cases.filter(each => !isImplied(each, cases)).map(({ name }) => name),
    callers,
  }))
}

/** With more labels than another of which the same is said, a workload needs no mention. */
function isImplied({ workload, served }: WorkloadCase, alike: readonly WorkloadCase[]): boolean {
  if (served) return false
  const labels = Object.keys(workload.labels).length
  return alike.some(({ workload: other }) => {
    const within = other.namespace === workload.namespace && selects(other.labels, workload.labels)
    return within && Object.keys(other.labels).length < labels
  })
}
