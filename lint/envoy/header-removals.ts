import type { LintContext } from '../context.js'
import { sameNamespace } from '../kubernetes/resource.js'
import { isCleared } from '../lua/state.js'
import { scalarsOf, textOf } from '../source/field.js'
import type { SourceMap, SourceNode } from '../source/source-node.js'
import type { EnvoyFragment, Surroundings } from './fragment.js'
import { fieldAt, fieldMaps, fieldText, isTrue, messageOf } from './message.js'

/**
 * Tells whether anything near removes a header of the request for certain: a route, a filter or a
 * script of the same connection manager, or of the EnvoyFilters of the same namespace.
 */
export function isRemovedNear(
  name: string,
  fragment: EnvoyFragment,
  { manager }: Pick<Surroundings, 'manager'>,
  { fragments, scripts }: LintContext,
): boolean {
  const near = fragments.filter(other => isNear(other, fragment))
  const within = (around: Surroundings & { readonly node?: SourceMap }) =>
    manager === undefined || around.manager === undefined || around.manager === manager
  return (
    near.some(({ maps }) => maps.some(map => within(map) && removes(map.node, name))) ||
    scripts.some(
      ({ fragment: other, message, trace }) =>
        near.includes(other) &&
        within(message) &&
        trace !== undefined &&
        trace.ends.length > 0 &&
        trace.ends.every(end => isCleared(end, name)),
    )
  )
}

function isNear(one: EnvoyFragment, other: EnvoyFragment): boolean {
  if (one === other) return true
  if (one.owner === undefined || other.owner === undefined) return false
  return sameNamespace(one.owner.resource, other.owner.resource)
}

function removes(node: SourceMap, name: string): boolean {
  if (scalarsOf(fieldAt(node, 'request_headers_to_remove')).some(item => isName(item, name))) {
    return true
  }
  const type = messageOf(node)?.type
  if (type === 'HeaderMutation' || type === 'HeaderMutationPerRoute') {
    return requestMutations(node).some(mutation => mutationRemoves(mutation, name))
  }
  return false
}

/** The mutations of requests of a header_mutation filter, or of an early header mutation. */
export function requestMutations(body: SourceMap): readonly SourceMap[] {
  const mutations = fieldAt(body, 'mutations')
  if (mutations?.kind === 'list') return mutations.items.filter(item => item.kind === 'map')
  return fieldMaps(mutations, 'request_mutations')
}

function mutationRemoves(mutation: SourceMap, name: string): boolean {
  if (isName(fieldAt(mutation, 'remove'), name)) return true
  const matcher = fieldAt(mutation, 'remove_on_match', 'key_matcher')
  return matcher !== undefined && matchesText(matcher, name)
}

function isName(node: SourceNode | undefined, name: string): boolean {
  return textOf(node)?.toLowerCase() === name
}

/** Envoy's StringMatcher. */
function matchesText(matcher: SourceNode, text: string): boolean {
  const fold = isTrue(fieldAt(matcher, 'ignore_case'))
  const value = (name: string) => {
    const found = fieldText(matcher, name)
    return fold ? found?.toLowerCase() : found
  }
  const regex = fieldText(matcher, 'safe_regex', 'regex')
  return (
    value('exact') === text ||
    has(value('prefix'), prefix => text.startsWith(prefix)) ||
    has(value('suffix'), suffix => text.endsWith(suffix)) ||
    has(value('contains'), part => text.includes(part)) ||
    has(regex, source => matchesRegex(source, text))
  )
}

function has(value: string | undefined, holds: (value: string) => boolean): boolean {
  return value !== undefined && holds(value)
}

function matchesRegex(source: string, text: string): boolean {
  try {
    return new RegExp(`^(?:${source})$`).test(text)
  } catch {
    return false
  }
}
