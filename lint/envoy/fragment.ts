import type { EnvoyFilterPatch, EnvoyFilterView } from '../istio/envoy-filter-view.js'
import { entryAt, itemsOf, textAt } from '../source/field.js'
import type { SourceMap, SourceNode } from '../source/source-node.js'
import { field, type Message, messageOf } from './message.js'

/** A piece of Envoy configuration: a whole file, or the value of one patch of an EnvoyFilter. */
export interface EnvoyFragment {
  readonly file: string
  readonly root: SourceNode
  /** Undefined for a file. */
  readonly patch: EnvoyFilterPatch | undefined
  readonly owner: EnvoyFilterView | undefined
  /** It is merged into what the control plane makes, so that what is missing may stand there. */
  readonly partial: boolean
  /** Every mapping in it, outermost first, with what stands around it. */
  readonly maps: readonly PlacedMap[]
  readonly messages: readonly PlacedMessage[]
}

/** What stands around a mapping. */
export interface Surroundings {
  /** The filter chain of a listener. */
  readonly chain: SourceMap | undefined
  /** The HttpConnectionManager. */
  readonly manager: SourceMap | undefined
}

/** A mapping and what stands around it. */
export interface PlacedMap extends Surroundings {
  readonly node: SourceMap
}

/** A message with a type and what stands around it. */
export interface PlacedMessage extends Surroundings, Message {}

/** Makes a fragment of a file, or of a patch. */
export function fragment(
  file: string,
  root: SourceNode,
  patch?: EnvoyFilterPatch,
  owner?: EnvoyFilterView,
): EnvoyFragment {
  const maps: PlacedMap[] = []
  const messages: PlacedMessage[] = []
  collect(root, { chain: undefined, manager: undefined }, maps, messages)
  const partial = patch?.operation === 'MERGE'
  return { file, root, patch, owner, partial, maps, messages }
}

function collect(
  node: SourceNode,
  around: Surroundings,
  maps: PlacedMap[],
  messages: PlacedMessage[],
): void {
  if (node.kind === 'scalar') return
  if (node.kind === 'list') {
    for (const item of node.items) collect(item, around, maps, messages)
    return
  }
  maps.push({ node, ...around })
  const message = messageOf(node)
  if (message !== undefined) messages.push({ ...message, ...around })
  const isChain = field(node, 'filters') !== undefined && message === undefined
  const inner: Surroundings = {
    chain: isChain ? node : around.chain,
    manager: message?.type === 'HttpConnectionManager' ? message.body : around.manager,
  }
  for (const { value } of node.entries) collect(value, inner, maps, messages)
}

const listenerKeys = [
  'static_resources',
  'staticResources',
  'dynamic_resources',
  'filter_chains',
  'filterChains',
  'virtual_hosts',
  'virtualHosts',
  'http_filters',
  'httpFilters',
]

/**
 * Tells whether a document is Envoy configuration: a bootstrap, a resource of a discovery file, or a
 * listener or route configuration by itself, alone or in a list.
 */
export function isEnvoyDocument(root: SourceNode): boolean {
  if (root.kind === 'list') return root.items.length > 0 && root.items.every(isEnvoyDocument)
  if (root.kind !== 'map' || entryAt(root, 'apiVersion') !== undefined) return false
  return (
    listenerKeys.some(key => entryAt(root, key) !== undefined) ||
    hasEnvoyType(root) ||
    itemsOf(entryAt(root, 'resources')?.value).some(hasEnvoyType)
  )
}

function hasEnvoyType(node: SourceNode): boolean {
  return /\/envoy\./.test(textAt(node, '@type') ?? '')
}
