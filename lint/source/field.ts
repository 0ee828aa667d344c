import type { SourceEntry, SourceMap, SourceNode, SourceScalar } from './source-node.js'

/** Finds a key of a mapping; undefined for anything that is no mapping, and for a null. */
export function entryAt(node: SourceNode | undefined, key: string): SourceEntry | undefined {
  if (node?.kind !== 'map') return undefined
  const entry = node.entries.find(item => item.key === key)
  return entry === undefined || isNull(entry.value) ? undefined : entry
}

/** Finds the value at a path of keys. */
export function valueAt(
  node: SourceNode | undefined,
  ...path: readonly string[]
): SourceNode | undefined {
  let value = node
  for (const key of path) value = entryAt(value, key)?.value
  return value
}

/** Reads the text at a path of keys: a string, or a number or boolean as the file spells it. */
export function textAt(
  node: SourceNode | undefined,
  ...path: readonly string[]
): string | undefined {
  return textOf(valueAt(node, ...path))
}

/** Reads a scalar as text. */
export function textOf(node: SourceNode | undefined): string | undefined {
  if (node?.kind !== 'scalar' || node.value === null) return undefined
  return typeof node.value === 'string' ? node.value : node.source
}

/** The items of a list. As Envoy does, a mapping where a list belongs counts as its one item. */
export function itemsOf(node: SourceNode | undefined): readonly SourceNode[] {
  if (node === undefined || isNull(node)) return []
  return node.kind === 'list' ? node.items : node.kind === 'map' ? [node] : []
}

/** The items at a path of keys that are mappings. */
export function mapsAt(
  node: SourceNode | undefined,
  ...path: readonly string[]
): readonly SourceMap[] {
  return itemsOf(valueAt(node, ...path)).filter(item => item.kind === 'map')
}

/** The scalars of a list of texts. */
export function scalarsOf(node: SourceNode | undefined): readonly SourceScalar[] {
  return node?.kind === 'list' ? node.items.filter(item => item.kind === 'scalar') : []
}

/** Reads a mapping of texts, such as labels. */
export function labelsAt(
  node: SourceNode | undefined,
  ...path: readonly string[]
): Readonly<Record<string, string>> {
  const map = valueAt(node, ...path)
  if (map?.kind !== 'map') return {}
  return Object.fromEntries(map.entries.map(({ key, value }) => [key, textOf(value) ?? '']))
}

function isNull(node: SourceNode): boolean {
  return node.kind === 'scalar' && node.value === null
}
