import type { NamedSet } from './dimension.js'

/** Some of many values in words: any of `terms` but none of `except`; without terms, any at all. */
export interface Description {
  readonly terms: readonly string[]
  readonly except: readonly string[]
}

type Members = ReadonlySet<number>

/**
 * Describes some of the values by the shortest list of names that is found: names that cover them,
 * or everything except names that cover the rest.
 *
 * @param universe all values there are to be told apart
 * @param witness a value as it is, for want of a name
 */
export function describeValues(
  selected: Members,
  universe: Members,
  sets: readonly NamedSet[],
  witness: (value: number) => string,
): Description {
  const rest = difference(universe, selected)
  if (rest.size === 0) return { terms: [], except: [] }
  const known = within(universe, sets)
  const nameless = difference(universe, union(known.map(({ members }) => members)))
  const all = nameless.size === 0 ? known : [...known, { text: 'any other', members: nameless }]
  const excepted = cover(rest, known, selected)
  const listed = cover(selected, all, rest)
  if (excepted !== undefined && (listed === undefined || excepted.length < listed.length)) {
    return { terms: [], except: excepted }
  }
  return { terms: listed ?? coverWithExceptions(selected, all, witness), except: [] }
}

/** Covers values by sets that hold none to avoid, the largest first; undefined if that cannot be. */
function cover(
  wanted: Members,
  sets: readonly NamedSet[],
  avoided: Members,
): readonly string[] | undefined {
  const usable = sets.filter(({ members }) => isDisjoint(members, avoided))
  const chosen: string[] = []
  let open = wanted
  while (open.size > 0) {
    const best = largest(usable, open)
    if (best === undefined) return undefined
    chosen.push(best.text)
    open = difference(open, best.members)
  }
  return chosen
}

function coverWithExceptions(
  wanted: Members,
  sets: readonly NamedSet[],
  witness: (value: number) => string,
): readonly string[] {
  const usable = sets.flatMap(({ text, members }) => {
    const excess = difference(members, wanted)
    if (excess.size === 0) return { text, members }
    const except = cover(excess, sets, wanted)
    return except === undefined
      ? []
      : {
          text: `${text} (except ${except.join(', ')})`,
          members: new Set([...members].filter(value => wanted.has(value))),
        }
  })
  const chosen: string[] = []
  let open = wanted
  while (open.size > 0) {
    const best = largest(usable, open)
    if (best === undefined) break
    chosen.push(best.text)
    open = difference(open, best.members)
  }
  return [...chosen, ...[...open].map(value => namelessText(value, sets, witness))]
}

/** What lies in several sets at once, with no name of its own. */
function namelessText(
  value: number,
  sets: readonly NamedSet[],
  witness: (value: number) => string,
): string {
  const around = sets.filter(({ members }) => members.has(value)).map(({ text }) => text)
  return `what is ${around.join(' and ')}, such as ${witness(value)}`
}

function largest(sets: readonly NamedSet[], open: Members): NamedSet | undefined {
  let best: NamedSet | undefined
  let most = 0
  for (const set of sets) {
    const count = [...set.members].filter(value => open.has(value)).length
    if (count > most) [best, most] = [set, count]
  }
  return best
}

function within(universe: Members, sets: readonly NamedSet[]): readonly NamedSet[] {
  return sets.flatMap(({ text, members }) => {
    const inside = new Set([...members].filter(value => universe.has(value)))
    return inside.size === 0 ? [] : { text, members: inside }
  })
}

function union(sets: readonly Members[]): Members {
  return new Set(sets.flatMap(members => [...members]))
}

function difference(left: Members, right: Members): Members {
  return new Set([...left].filter(value => !right.has(value)))
}

function isDisjoint(left: Members, right: Members): boolean {
  return ![...left].some(value => right.has(value))
}
