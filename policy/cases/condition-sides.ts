import type { Attribute, Condition } from '../authorization-policy.js'

/** One of the two things that a condition can be seen to do. */
export type ConditionSide = 'holds' | 'fails'

/**
 * Tells which sides a condition can have. Every request has a method, a path and a host, so that `*`
 * for one of them always holds, and under `not` never does; nobody can write a case for the other side.
 */
export function possibleSides({
  attribute,
  negated,
  patterns,
}: Condition): readonly ConditionSide[] {
  const always = isAlwaysThere(attribute) && patterns.some(({ kind }) => kind === 'any')
  if (!always) return ['holds', 'fails']
  return negated ? ['fails'] : ['holds']
}

const always = new Set(['host', ':authority', ':method', ':path'])

function isAlwaysThere(attribute: Attribute): boolean {
  switch (attribute.kind) {
    case 'host':
    case 'method':
    case 'path':
      return true
    case 'header':
      return always.has(attribute.name)
    default:
      return false
  }
}
