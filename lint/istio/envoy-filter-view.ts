import type { Place } from '../../policy/index.js'
import type { Resource } from '../kubernetes/resource.js'
import { entryAt, labelsAt, mapsAt, textAt, textOf, valueAt } from '../source/field.js'
import type { SourceMap } from '../source/source-node.js'

/** An EnvoyFilter of Istio. */
export interface EnvoyFilterView {
  readonly resource: Resource
  /** Of its workloadSelector; empty selects the whole namespace. */
  readonly labels: Readonly<Record<string, string>>
  readonly patches: readonly EnvoyFilterPatch[]
}

/** One patch of an EnvoyFilter. */
export interface EnvoyFilterPatch {
  readonly applyTo: string
  /** `ANY` when it names none. */
  readonly context: string
  readonly operation: string
  readonly portNumber: PlacedText | undefined
  readonly filterName: PlacedText | undefined
  readonly subFilterName: PlacedText | undefined
  readonly filterClass: PlacedText | undefined
  readonly value: SourceMap | undefined
  /** False when it is for other versions of the proxy than those of today. */
  readonly current: boolean
  readonly node: SourceMap
  /** Where the operation stands, or the patch. */
  readonly place: Place
}

/** A text with its place. */
export interface PlacedText {
  readonly text: string
  readonly place: Place
}

/** Reads the EnvoyFilters among the objects. */
export function envoyFilterViews(resources: readonly Resource[]): readonly EnvoyFilterView[] {
  return resources
    .filter(({ group, kind }) => group === 'networking.istio.io' && kind === 'EnvoyFilter')
    .map(resource => ({
      resource,
      labels: labelsAt(resource.node, 'spec', 'workloadSelector', 'labels'),
      patches: mapsAt(valueAt(resource.node, 'spec'), 'configPatches').map(patchOf),
    }))
}

function patchOf(node: SourceMap): EnvoyFilterPatch {
  const match = valueAt(node, 'match')
  const filter = valueAt(match, 'listener', 'filterChain', 'filter')
  const value = valueAt(node, 'patch', 'value')
  return {
    applyTo: textAt(node, 'applyTo') ?? '',
    context: textAt(match, 'context') ?? 'ANY',
    operation: textAt(node, 'patch', 'operation') ?? '',
    portNumber: placed(valueAt(match, 'listener'), 'portNumber'),
    filterName: placed(filter, 'name'),
    subFilterName: placed(valueAt(filter, 'subFilter'), 'name'),
    filterClass: placed(valueAt(node, 'patch'), 'filterClass'),
    value: value?.kind === 'map' ? value : undefined,
    current: isCurrent(textAt(match, 'proxy', 'proxyVersion')),
    node,
    place: placed(valueAt(node, 'patch'), 'operation')?.place ?? node.place,
  }
}

function placed(node: ReturnType<typeof valueAt>, key: string): PlacedText | undefined {
  const entry = entryAt(node, key)
  const text = textOf(entry?.value)
  return entry === undefined || text === undefined ? undefined : { text, place: entry.value.place }
}

/** `proxyVersion` is a regular expression that is looked for in the version of the proxy. */
function isCurrent(proxyVersion: string | undefined): boolean {
  if (proxyVersion === undefined) return true
  try {
    return new RegExp(proxyVersion).test('1.31.1')
  } catch {
    return true
  }
}
