/** A set of characters; with `literal` it is that one alone, or an ASCII letter in either case. */
export interface CharacterSet {
  readonly has: (character: string) => boolean
  readonly literal?: string
}

/** A character of a set: once, or any number of times. */
export interface Step {
  readonly accepts: CharacterSet
  readonly repeats: boolean
}

/** The strings that a pattern matches: those that run through all steps of any of its sequences. */
export type Language = readonly (readonly Step[])[]

/** Every character. */
export const everything: CharacterSet = { has: () => true }

/** Steps through a text as it stands. */
export function literally(text: string): readonly Step[] {
  return [...text].map(character => ({ accepts: literalSet(character), repeats: false }))
}

/** Steps through a text in which ASCII letters may be in either case. */
export function inEitherCase(text: string): readonly Step[] {
  return [...text].map(character => ({ accepts: foldedSet(character), repeats: false }))
}

/** One character of a set. */
export function one(accepts: CharacterSet): Step {
  return { accepts, repeats: false }
}

/** Any number of characters of a set, none too. */
export function many(accepts: CharacterSet): Step {
  return { accepts, repeats: true }
}

const literalSets = new Map<string, CharacterSet>()
const foldedSets = new Map<string, CharacterSet>()

function literalSet(character: string): CharacterSet {
  const known = literalSets.get(character)
  if (known !== undefined) return known
  const set = { literal: character, has: (other: string) => other === character }
  literalSets.set(character, set)
  return set
}

function foldedSet(character: string): CharacterSet {
  if (!/^[a-zA-Z]$/.test(character)) return literalSet(character)
  const lower = character.toLowerCase()
  const known = foldedSets.get(lower)
  if (known !== undefined) return known
  const upper = lower.toUpperCase()
  const set = { literal: lower, has: (other: string) => other === lower || other === upper }
  foldedSets.set(lower, set)
  return set
}
