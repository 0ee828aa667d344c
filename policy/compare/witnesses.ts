import type { CharacterSet, Language, Step } from './language.js'

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
 * It builds the deterministic automaton of all languages together (the subset construction), breadth
 * first, so that each of its states comes with a shortest string; and keeps a string for each set of
 * languages that a state accepts. What no language can tell apart is looked at once.
 */
export function findWitnesses(languages: readonly Language[], domain: Domain): Witnesses {
  const automaton = flatten(languages)
  const characters = representatives(automaton.sets, domain)
  const start: Node = {
    positions: close(automaton, automaton.starts),
    state: domain.start,
    text: '',
  }
  const seen = new Set([keyOf(start)])
  const texts = new Map<string, string>()
  let level: Node[] = [start]
  while (level.length > 0) {
    const next: Node[] = []
    for (const node of level) {
      if (domain.accepts(node.state)) {
        const accepted = acceptedBy(automaton, node.positions)
        if (!texts.has(accepted)) texts.set(accepted, node.text)
      }
      for (const character of characters) {
        const state = domain.step(node.state, character)
        if (state === undefined) continue
        const positions = move(automaton, node.positions, character)
        const reached = { positions, state, text: node.text + character }
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

interface Node {
  readonly positions: readonly number[]
  readonly state: string
  readonly text: string
}

/** All sequences one after another: a position is a step to take next, or the end of a sequence. */
interface Automaton {
  readonly steps: readonly (Step | undefined)[]
  /** For the end of a sequence, its language. */
  readonly language: ReadonlyMap<number, number>
  readonly starts: readonly number[]
  readonly sets: ReadonlySet<CharacterSet>
}

function flatten(languages: readonly Language[]): Automaton {
  const steps: (Step | undefined)[] = []
  const language = new Map<number, number>()
  const starts: number[] = []
  const sets = new Set<CharacterSet>()
  for (const [index, sequences] of languages.entries()) {
    for (const sequence of sequences) {
      starts.push(steps.length)
      for (const step of sequence) {
        steps.push(step)
        sets.add(step.accepts)
      }
      language.set(steps.length, index)
      steps.push(undefined)
    }
  }
  return { steps, language, starts, sets }
}

/** Steps that repeat may be left out. */
function close({ steps }: Automaton, from: Iterable<number>): readonly number[] {
  const positions = new Set<number>()
  for (const start of from) {
    let position = start
    while (!positions.has(position)) {
      positions.add(position)
      if (steps[position]?.repeats !== true) break
      position++
    }
  }
  return [...positions].sort((left, right) => left - right)
}

function move(automaton: Automaton, positions: readonly number[], character: string) {
  const reached: number[] = []
  for (const position of positions) {
    const step = automaton.steps[position]
    if (step?.accepts.has(character)) reached.push(step.repeats ? position : position + 1)
  }
  return close(automaton, reached)
}

function acceptedBy({ language }: Automaton, positions: readonly number[]): string {
  const accepted = new Set<number>()
  for (const position of positions) {
    const index = language.get(position)
    if (index !== undefined) accepted.add(index)
  }
  return [...accepted].sort((left, right) => left - right).join()
}

function keyOf({ positions, state }: Node): string {
  return `${state}|${positions.join()}`
}

/**
 * One of all characters that neither a set nor the domain tells apart. A character that a pattern
 * spells stands for itself.
 */
function representatives(sets: ReadonlySet<CharacterSet>, { alphabet, kind: domainKind }: Domain) {
  const literals = new Set<string>()
  const classes: CharacterSet[] = []
  for (const set of sets) {
    if (set.literal === undefined) {
      classes.push(set)
    } else {
      literals.add(set.literal)
      if (set.has(set.literal.toUpperCase())) literals.add(set.literal.toUpperCase())
    }
  }
  const kinds = new Set<string>()
  const chosen: string[] = []
  for (const character of new Set([...alphabet, ...literals])) {
    const kind = literals.has(character)
      ? character
      : `${domainKind(character)} ${classes.map(set => (set.has(character) ? 1 : 0)).join('')}`
    if (kinds.has(kind)) continue
    kinds.add(kind)
    chosen.push(character)
  }
  return chosen
}
