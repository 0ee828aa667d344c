import { type Automaton, buildAutomaton, nextStates, type State } from './automaton.js'
import type { Language } from './language.js'

/** Which strings there are at all, as an automaton over characters. */
export interface Domain {
  /** Every character there is, the likeliest first. */
  readonly alphabet: readonly string[]
  readonly start: string
  /** The state after a character; undefined when no string goes on like this. */
  readonly step: (state: string, character: string) => string | undefined
  readonly accepts: (state: string) => boolean
  /** The kind of a character: those of one kind make the same steps. */
  readonly kind: (character: string) => string
}

/** What {@link findWitnesses} found. */
export interface Witnesses {
  /** For each set of languages that some string is in, and in no other: a shortest such string. */
  readonly texts: readonly string[]
  /** False when the search was ended before it had seen every set. */
  readonly complete: boolean
}

/** How many states are looked at: what people write down has a few thousand. */
const maximumStates = 40_000

/**
 * Finds a string for each way in which strings can be told apart by the given languages.
 *
 * It runs through the deterministic automaton of all languages together (the subset construction),
 * breadth first, so that each of its states comes with a shortest string; and keeps a string for
 * each set of languages that a state accepts. Characters that nothing tells apart are looked at once.
 */
export function findWitnesses(languages: readonly Language[], domain: Domain): Witnesses {
  const automaton = buildAutomaton(languages)
  const characters = representatives(automaton, domain)
  const start: Node = { states: automaton.start, place: domain.start, text: '' }
  const seen = new Set([keyOf(start)])
  const texts = new Map<string, string>()
  let level: readonly Node[] = [start]
  while (level.length > 0) {
    const next: Node[] = []
    for (const node of level) {
      if (domain.accepts(node.place)) {
        const accepted = acceptedBy(node.states)
        if (!texts.has(accepted)) texts.set(accepted, node.text)
      }
      for (const character of characters) {
        const place = domain.step(node.place, character)
        if (place === undefined) continue
        const states = nextStates(node.states, character)
        const reached = { states, place, text: node.text + character }
        const key = keyOf(reached)
        if (seen.has(key)) continue
        if (seen.size >= maximumStates) return { texts: [...texts.values()], complete: false }
        seen.add(key)
        next.push(reached)
      }
    }
    level = next
  }
  return { texts: [...texts.values()], complete: true }
}

/** Where a text leads: the states that it may be in, and its place in the domain. */
interface Node {
  readonly states: readonly State[]
  readonly place: string
  readonly text: string
}

function acceptedBy(states: readonly State[]): string {
  const accepted = new Set(states.flatMap(({ ends }) => ends))
  return [...accepted].sort((left, right) => left - right).join()
}

function keyOf({ states, place }: Node): string {
  return `${place}|${states.map(({ id }) => id).join()}`
}

/**
 * One of all characters that neither a language nor the domain tells apart. A character that a
 * language spells stands for itself.
 */
function representatives({ literals, classes }: Automaton, domain: Domain): readonly string[] {
  const kinds = new Map<string, string>()
  for (const character of new Set([...domain.alphabet, ...literals])) {
    const within = [...classes].map(set => (set.has(character) ? 1 : 0)).join('')
    const kind = literals.has(character) ? character : `${domain.kind(character)} ${within}`
    if (!kinds.has(kind)) kinds.set(kind, character)
  }
  return [...kinds.values()]
}
