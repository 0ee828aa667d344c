import type { AuthorizationPolicy } from '../authorization-policy.js'
import { selects, type Workload } from '../workload.js'
import type { PolicySet } from './policy-set.js'

/** Workloads that the same policies of both sides speak of. */
export interface WorkloadClass {
  /** One of them; with the fewest labels. */
  readonly workload: Workload
  /** In words. */
  readonly name: string
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
): {
  readonly classes: readonly WorkloadClass[]
  readonly complete: boolean
} {
  const sides = [before, after]
  const named = sides.flatMap(({ workloads }) => workloads)
  const namespaces = new Set([
    ...named.map(({ namespace }) => namespace),
    ...sides.flatMap(({ policies, rootNamespace }) => {
      return [...policies.map(({ namespace }) => namespace), rootNamespace]
    }),
  ])
  const other = otherName(namespaces)
  const classes = new Map<string, WorkloadClass>()
  let complete = true
  const add = (workload: Workload, name: string) => {
    const key = sides.map(side => [...speakingOf(workload, side)].join()).join('|')
    if (!classes.has(key)) classes.set(key, { workload, name })
  }
  for (const workload of named) add(workload, workloadText(workload))
  for (const namespace of [...namespaces, other]) {
    const selectors = sides.flatMap(side => {
      return side.policies
        .filter(policy => isNear(policy, namespace, side))
        .map(({ matchLabels }) => matchLabels)
    })
    const found = labelSets(selectors)
    if (found.length >= maximumLabelSets) complete = false
    for (const labels of found) {
      const workload = { namespace, labels }
      add(workload, namespace === other ? otherText(labels) : workloadText(workload))
    }
  }
  return { classes: [...classes.values()], complete }
}

/** Says which workload is meant, as `curity role=runtime`. */
export function workloadText({ namespace, labels }: Workload): string {
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
