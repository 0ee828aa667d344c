import type { CharacterSet, Language } from './language.js'

/**
 * A state of the automaton of several languages. Sequences that begin alike share their states, so
 * that a text is in few states at a time, however many languages there are.
 */
export interface State {
  readonly id: number
  /** Characters that leave the automaton in this state. */
  readonly loop: CharacterSet | undefined
  /** Where a character leads that the languages spell. */
  readonly spelled: ReadonlyMap<string, readonly State[]>
  /** Where the characters of a set lead. */
  readonly classes: readonly (readonly [CharacterSet, State])[]
  /** Where no character is needed to go: what repeats may be left out. */
  readonly skips: readonly State[]
  /** The languages that a text is in when it ends here, by their index. */
  readonly ends: readonly number[]
}

/** The automaton of several languages. */
export interface Automaton {
  readonly start: readonly State[]
  /** Every character that a language spells. */
  readonly literals: ReadonlySet<string>
  /** Every set of characters that a language asks for. */
  readonly classes: ReadonlySet<CharacterSet>
}

interface Building extends State {
  readonly spelled: Map<string, Building[]>
  readonly classes: [CharacterSet, Building][]
  readonly skips: Building[]
  readonly ends: number[]
  /** The next states by the step that leads there. */
  readonly once: Map<CharacterSet, Building>
  readonly repeated: Map<CharacterSet, Building>
}

/** Builds the automaton of several languages. */
export function buildAutomaton(languages: readonly Language[]): Automaton {
  const literals = new Set<string>()
  const classes = new Set<CharacterSet>()
  let count = 0
  const newState = (loop?: CharacterSet): Building => ({
    id: count++,
    loop,
    spelled: new Map(),
    classes: [],
    skips: [],
    ends: [],
    once: new Map(),
    repeated: new Map(),
  })
  const root = newState()
  const follow = (from: Building, set: CharacterSet, repeats: boolean): Building => {
    const steps = repeats ? from.repeated : from.once
    const known = steps.get(set)
    if (known !== undefined) return known
    const next = newState(repeats ? set : undefined)
    steps.set(set, next)
    const spellings = spellingsOf(set)
    if (spellings.length === 0) classes.add(set)
    for (const character of spellings) literals.add(character)
    if (repeats) {
      from.skips.push(next)
    } else if (spellings.length === 0) {
      from.classes.push([set, next])
    } else {
      for (const character of spellings) {
        from.spelled.set(character, [...(from.spelled.get(character) ?? []), next])
      }
    }
    return next
  }
  for (const [index, sequences] of languages.entries()) {
    for (const sequence of sequences) {
      const end = sequence.reduce((state, step) => {
        return follow(state, step.accepts, step.repeats)
      }, root)
      end.ends.push(index)
    }
  }
  return { start: withSkips([root]), literals, classes }
}

/** Gives the states after a character, in a fixed order. */
export function nextStates(states: readonly State[], character: string): readonly State[] {
  const reached: State[] = []
  for (const state of states) {
    if (state.loop?.has(character)) reached.push(state)
    reached.push(...(state.spelled.get(character) ?? []))
    for (const [set, next] of state.classes) {
      if (set.has(character)) reached.push(next)
    }
  }
  return withSkips(reached)
}

function withSkips(states: readonly State[]): readonly State[] {
  const reached = new Set(states)
  for (const state of reached) {
    for (const next of state.skips) reached.add(next)
  }
  return [...reached].sort((left, right) => left.id - right.id)
}

/** The one or two characters of a set that is spelled out; none for a set of many. */
function spellingsOf({ literal, has }: CharacterSet): readonly string[] {
  if (literal === undefined) return []
  return [...new Set([literal, literal.toUpperCase()])].filter(has)
}
