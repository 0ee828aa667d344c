import { entryAt, itemsOf, textAt, textOf } from '../source/field.js'
import type { SourceEntry, SourceMap, SourceNode } from '../source/source-node.js'

/**
 * Finds a field of a protobuf message in JSON form, by its name in snake case: `failure_mode_allow`
 * may also be spelt `failureModeAllow`. Undefined for a null.
 */
export function field(node: SourceNode | undefined, name: string): SourceEntry | undefined {
  return entryAt(node, name) ?? entryAt(node, camelCase(name))
}

/** The value at a path of fields. */
export function fieldAt(
  node: SourceNode | undefined,
  ...path: readonly string[]
): SourceNode | undefined {
  let value = node
  for (const name of path) value = field(value, name)?.value
  return value
}

/** The text at a path of fields. */
export function fieldText(
  node: SourceNode | undefined,
  ...path: readonly string[]
): string | undefined {
  return textOf(fieldAt(node, ...path))
}

/** The items of a repeated field that are messages. */
export function fieldMaps(
  node: SourceNode | undefined,
  ...path: readonly string[]
): readonly SourceMap[] {
  return itemsOf(fieldAt(node, ...path)).filter(item => item.kind === 'map')
}

/** Tells whether a field is true. */
export function isTrue(node: SourceNode | undefined): boolean {
  return node?.kind === 'scalar' && String(node.value).toLowerCase() === 'true'
}

/** Tells whether a field is there and false. */
export function isFalse(node: SourceNode | undefined): boolean {
  return node?.kind === 'scalar' && String(node.value).toLowerCase() === 'false'
}

/**
 * Reads an enum as Envoy does: by name in any case, or by number.
 *
 * @param names - in the order of their numbers
 */
export function enumText(
  node: SourceNode | undefined,
  names: readonly string[],
): string | undefined {
  const text = textOf(node)
  if (text === undefined) return undefined
  if (/^\d+$/.test(text)) return names[Number(text)]
  return text.toUpperCase()
}

/** A message that says its type, out of its envelope. */
export interface Message {
  /** The last part of the type's name, such as `HttpConnectionManager`. */
  readonly type: string
  /** The whole name, such as `envoy.extensions.filters.http.lua.v3.Lua`. */
  readonly typeName: string
  readonly body: SourceMap
}

/** Reads a message that has an `@type`; a TypedStruct is taken for what it holds. */
export function messageOf(node: SourceMap): Message | undefined {
  const url = textAt(node, '@type')
  if (url === undefined) return undefined
  if (url.endsWith('.TypedStruct')) {
    const value = entryAt(node, 'value')?.value
    const inner = fieldText(node, 'type_url')
    return value?.kind === 'map' && inner !== undefined ? messageFrom(inner, value) : undefined
  }
  return messageFrom(url, node)
}

function messageFrom(url: string, body: SourceMap): Message {
  const typeName = url.slice(url.lastIndexOf('/') + 1)
  return { type: typeName.slice(typeName.lastIndexOf('.') + 1), typeName, body }
}

function camelCase(name: string): string {
  return name.replaceAll(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())
}
