import type { AuthorizationPolicy } from '../authorization-policy.js'
import { selects, type Workload } from '../workload.js'
import type { PolicySet } from './policy-set.js'

/** Workloads that the same policies of both sides speak of: at least one. */
export type WorkloadClass = readonly [WorkloadCase, ...WorkloadCase[]]

/** A workload that stands for those with the same labels and any others. */
export interface WorkloadCase {
  readonly workload: Workload
  /** In words. */
  readonly name: string
  /** A side names it as one that requests are for. */
  readonly served: boolean
}

/** How many sets of labels are looked at in a namespace. */
const maximumLabelSets = 128

/**
 * Finds a workload for each set of policies that speak of the same one: those that the sides name,
 * and in each namespace every union of selectors that do not contradict each other.
 */
export function workloadClasses(
  before: PolicySet,
  after: PolicySet,
): { readonly classes: readonly WorkloadClass[]; readonly complete: boolean } {
  const sides = [before, after]
  const served = sides.flatMap(({ workloads }) => workloads)
  const namespaces = new Set([
    ...served.map(({ namespace }) => namespace),
    ...sides.flatMap(({ namespaces: known }) => known ?? []),
    ...sides.flatMap(({ policies, rootNamespace }) => {
      return [...policies.map(({ namespace }) => namespace), rootNamespace]
    }),
  ])
  const other = otherName(namespaces)
  const classes = new Map<string, WorkloadClass>()
  const names = new Set<string>()
  let complete = true
  const add = (each: WorkloadCase) => {
    if (names.has(each.name)) return
    names.add(each.name)
    const key = JSON.stringify(
      sides.map(side => [speakingOf(each.workload, side), isKnown(each.workload, side)]),
    )
    const known = classes.get(key)
    classes.set(key, known === undefined ? [each] : [...known, each])
  }
  for (const workload of served) add({ workload, name: workloadText(workload), served: true })
  for (const namespace of [...namespaces, other]) {
    const found = labelSets(selectorsNear(namespace, sides))
    if (found.length >= maximumLabelSets) complete = false
    for (const labels of found) {
      const workload = { namespace, labels }
      const name = namespace === other ? otherText(labels) : workloadText(workload)
      add({ workload, name, served: false })
    }
  }
  return { classes: [...classes.values()], complete }
}

function selectorsNear(
  namespace: string,
  sides: readonly PolicySet[],
): readonly Workload['labels'][] {
  return sides.flatMap(side => {
    const near = side.policies.filter(policy => isNear(policy, namespace, side))
    return near.map(({ matchLabels }) => matchLabels)
  })
}

/** Says which workload is meant, as `curity role=runtime`. */
function workloadText({ namespace, labels }: Workload): string {
  const pairs = labelPairs(labels)
  return pairs === '' ? `${namespace} (any other workload)` : `${namespace} ${pairs}`
}

function otherText(labels: Workload['labels']): string {
  return `any other namespace ${labelPairs(labels)}`.trimEnd()
}

function labelPairs(labels: Workload['labels']): string {
  return Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .sort()
    .join(',')
}

function isNear({ namespace }: AuthorizationPolicy, near: string, { rootNamespace }: PolicySet) {
  return namespace === near || namespace === rootNamespace
}

function isKnown({ namespace }: Workload, { namespaces }: PolicySet): boolean {
  return namespaces?.includes(namespace) ?? true
}

function speakingOf(workload: Workload, side: PolicySet): readonly number[] {
  return side.policies.flatMap((policy, index) => {
    const speaks =
      isNear(policy, workload.namespace, side) && selects(policy.matchLabels, workload.labels)
    return speaks ? [index] : []
  })
}

function labelSets(selectors: readonly Workload['labels'][]): readonly Workload['labels'][] {
  const found = new Map<string, Workload['labels']>([['', {}]])
  for (const selector of selectors) {
    for (const labels of [...found.values()]) {
      if (found.size >= maximumLabelSets) break
      const agrees = Object.entries(selector).every(([key, value]) => {
        return !Object.hasOwn(labels, key) || labels[key] === value
      })
      const union = { ...labels, ...selector }
      if (agrees) found.set(labelPairs(union), union)
    }
  }
  return [...found.values()].sort((left, right) => {
    return Object.keys(left).length - Object.keys(right).length
  })
}

function otherName(taken: ReadonlySet<string>): string {
  let name = 'other'
  while (taken.has(name)) name += '-namespace'
  return name
}
