import type { Condition, Pattern } from '../../policy/index.js'

/**
 * Tells whether a condition that holds makes another one hold, for every request. It answers yes only
 * when that is certain from the patterns alone.
 */
export function implies(given: Condition, wanted: Condition): boolean {
  if (sameAttribute(given, wanted)) {
    if (!given.negated && !wanted.negated) return allWithin(given, wanted)
    if (given.negated && wanted.negated) return allWithin(wanted, given)
    return !given.negated && wanted.negated && isSingle(given) && disjoint(given, wanted)
  }
  return !given.negated && !wanted.negated && identityImplies(given, wanted)
}

/** Tells whether two conditions can never hold for one and the same request. */
export function exclude(one: Condition, other: Condition): boolean {
  if (sameAttribute(one, other)) {
    if (!one.negated && other.negated) return allWithin(one, other)
    if (one.negated && !other.negated) return allWithin(other, one)
    return !one.negated && !other.negated && isSingle(one) && disjoint(one, other)
  }
  return namespaceExcludes(one, other) || namespaceExcludes(other, one)
}

function sameAttribute({ attribute: a }: Condition, { attribute: b }: Condition): boolean {
  if (a.kind === 'header' && b.kind === 'header') return a.name === b.name
  return a.kind === b.kind
}

/** A header may have several lines, each of which is matched on its own. */
function isSingle({ attribute }: Condition): boolean {
  return attribute.kind !== 'header'
}

function allWithin(narrow: Condition, wide: Condition): boolean {
  const fold = narrow.attribute.kind === 'host'
  return narrow.patterns.every(pattern => wide.patterns.some(other => within(pattern, other, fold)))
}

function disjoint(one: Condition, other: Condition): boolean {
  const fold = one.attribute.kind === 'host'
  return one.patterns.every(pattern => other.patterns.every(item => apart(pattern, item, fold)))
}

/** Tells whether everything that a pattern matches is matched by another one of the same field. */
function within(pattern: Pattern, wide: Pattern, fold: boolean): boolean {
  if (wide.kind === 'any') return true
  switch (pattern.kind) {
    case 'any':
      return false
    case 'exact':
    case 'prefix':
    case 'suffix':
      return textWithin(pattern, wide, fold)
    case 'template':
      return wide.kind === 'template'
        ? wide.source === pattern.source
        : wide.kind === 'prefix' && literalHead(pattern.source).startsWith(wide.value)
    case 'namespace':
      return wide.kind === 'namespace' && namespaceWithin(pattern.value, wide.value)
    case 'service-account':
      return (
        wide.kind === 'service-account' &&
        wide.namespace === pattern.namespace &&
        wide.serviceAccount === pattern.serviceAccount
      )
    case 'address-range':
      return (
        wide.kind === 'address-range' &&
        wide.address.includes(':') === pattern.address.includes(':') &&
        (wide.prefixLength === 0 ||
          (wide.address === pattern.address && wide.prefixLength <= pattern.prefixLength))
      )
    case 'port':
      return wide.kind === 'port' && wide.port === pattern.port
  }
}

type Text = { readonly kind: 'exact' | 'prefix' | 'suffix'; readonly value: string }

function textWithin(pattern: Text, wide: Pattern, fold: boolean): boolean {
  if (wide.kind !== 'exact' && wide.kind !== 'prefix' && wide.kind !== 'suffix') return false
  const [text, bound] = [folded(pattern.value, fold), folded(wide.value, fold)]
  if (wide.kind === 'exact') return pattern.kind === 'exact' && text === bound
  if (wide.kind === 'prefix') return pattern.kind !== 'suffix' && text.startsWith(bound)
  return pattern.kind !== 'prefix' && text.endsWith(bound)
}

/** Tells whether two patterns of one field match nothing in common. */
function apart(one: Pattern, other: Pattern, fold: boolean): boolean {
  if (one.kind === 'port' && other.kind === 'port') return one.port !== other.port
  if (!isText(one) || !isText(other)) return false
  const [a, b] = [folded(one.value, fold), folded(other.value, fold)]
  if (one.kind === 'exact' && other.kind === 'exact') return a !== b
  if (one.kind === 'suffix' || other.kind === 'suffix') {
    if (one.kind === 'prefix' || other.kind === 'prefix') return false
    if (one.kind === 'exact') return !a.endsWith(b)
    if (other.kind === 'exact') return !b.endsWith(a)
    return !a.endsWith(b) && !b.endsWith(a)
  }
  if (one.kind === 'exact') return !a.startsWith(b)
  if (other.kind === 'exact') return !b.startsWith(a)
  return !a.startsWith(b) && !b.startsWith(a)
}

function isText(pattern: Pattern): pattern is Text {
  return pattern.kind === 'exact' || pattern.kind === 'prefix' || pattern.kind === 'suffix'
}

function namespaceWithin(narrow: string, wide: string): boolean {
  if (wide === narrow || wide === '*') return true
  const prefix = /^([^*]*)\*$/.exec(wide)?.[1]
  return prefix !== undefined && !narrow.includes('*') && narrow.startsWith(prefix)
}

/** A principal names its namespace; a service account names its namespace too. */
function identityImplies(given: Condition, wanted: Condition): boolean {
  if (wanted.attribute.kind !== 'namespace') return false
  const namespaces = given.patterns.map(namespaceOf)
  return namespaces.every(
    namespace =>
      namespace !== undefined &&
      wanted.patterns.some(
        pattern => pattern.kind === 'namespace' && namespaceWithin(namespace, pattern.value),
      ),
  )
}

function namespaceExcludes(identity: Condition, namespace: Condition): boolean {
  if (identity.negated || namespace.attribute.kind !== 'namespace') return false
  const namespaces = identity.patterns.map(exactNamespaceOf)
  return namespaces.every(
    name =>
      name !== undefined &&
      namespace.patterns.every(pattern => {
        if (pattern.kind !== 'namespace') return false
        const outside = !pattern.value.includes('*') && pattern.value !== name
        return namespace.negated ? pattern.value === name : outside
      }),
  )
}

/** The namespace of an identity in Istio's form; undefined when the pattern leaves it open. */
function namespaceOf(pattern: Pattern): string | undefined {
  if (pattern.kind === 'service-account') return pattern.namespace
  if (pattern.kind === 'exact' || pattern.kind === 'prefix') {
    return /^[^/*]+\/ns\/([^/*]+)\//.exec(pattern.value)?.[1]
  }
  return undefined
}

/** Of a whole identity only: behind a prefix, another `/ns/…/` might follow. */
function exactNamespaceOf(pattern: Pattern): string | undefined {
  if (pattern.kind !== 'exact') return undefined
  return /^[^/*]+\/ns\/([^/*]+)\/sa\/[^/*]+$/.exec(pattern.value)?.[1]
}

function literalHead(template: string): string {
  return template.slice(0, template.indexOf('{'))
}

function folded(text: string, fold: boolean): string {
  return fold ? text.toLowerCase() : text
}
