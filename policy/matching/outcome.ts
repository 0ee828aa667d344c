/**
 * What a test of a request says: it matches, it does not, or the facts do not tell. `unknown` is
 * neither, whatever it is negated or joined with.
 */
export type Outcome = 'match' | 'mismatch' | 'unknown'

/** The outcome of a test that can always be decided. */
export function outcomeOf(matches: boolean): Outcome {
  return matches ? 'match' : 'mismatch'
}

/** The outcome of a `not` field: the unknown stays unknown. */
export function negate(outcome: Outcome): Outcome {
  if (outcome === 'unknown') return outcome
  return outcome === 'match' ? 'mismatch' : 'match'
}
