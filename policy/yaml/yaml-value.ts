import type { Place } from '../diagnostic.js'
import type { YamlEntry, YamlMap, YamlNode } from './yaml-source.js'

/** Strips the places off a YAML value: plain objects, arrays and scalars. */
export function plainValue(node: YamlNode): unknown {
  switch (node.kind) {
    case 'scalar':
      return node.value
    case 'list':
      return node.items.map(plainValue)
    case 'map':
      // Object.fromEntries defines own properties, also one that is named __proto__.
      return Object.fromEntries(node.entries.map(({ key, value }) => [key, plainValue(value)]))
  }
}

/** Finds a key of a mapping. */
export function entryOf(map: YamlMap, key: string): YamlEntry | undefined {
  return map.entries.find(entry => entry.key === key)
}

/**
 * Finds where the value at a path of keys and indices stands, or the nearest value around it when
 * the path leads nowhere.
 *
 * @param target - `key`: the place of the last key instead of its value's
 */
export function placeAt(
  root: YamlNode,
  path: readonly PropertyKey[],
  target: 'key' | 'value' = 'value',
): Place {
  let node = root
  let { place } = root
  for (const [depth, step] of path.entries()) {
    const entry = node.kind === 'map' ? entryOf(node, String(step)) : undefined
    const next = entry?.value ?? (node.kind === 'list' ? node.items[Number(step)] : undefined)
    if (next === undefined) return place
    node = next
    const last = depth === path.length - 1
    place = entry !== undefined && last && target === 'key' ? entry.keyPlace : node.place
  }
  return place
}
