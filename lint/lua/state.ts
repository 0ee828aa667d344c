/** What has happened to the headers of a request on one way through a script. */
export interface HeaderState {
  /** Of these nothing is left that the caller sent. */
  readonly cleared: ReadonlySet<string>
  /** These have been set to something made of the peer's certificate. */
  readonly set: ReadonlySet<string>
  /** Headers whose names the script computes have been removed: any may be among them. */
  readonly anyCleared: boolean
  /** The calls by `pcall` that ended in an error on this way. */
  readonly failed: ReadonlySet<number>
}

/** Before the first statement. */
export const untouched: HeaderState = {
  cleared: new Set(),
  set: new Set(),
  anyCleared: false,
  failed: new Set(),
}

/** After a header, or one whose name is not known, was removed or replaced. */
export function withCleared(state: HeaderState, name: string | undefined): HeaderState {
  if (name === undefined) return { ...state, anyCleared: true }
  return { ...state, cleared: new Set([...state.cleared, name]) }
}

/** After a header was set to something made of the peer's certificate. */
export function withSet(state: HeaderState, name: string): HeaderState {
  return { ...state, set: new Set([...state.set, name]) }
}

/** After a call by `pcall` ended in an error. */
export function withFailure(state: HeaderState, call: number): HeaderState {
  return { ...state, failed: new Set([...state.failed, call]) }
}

/** Tells whether nothing is left of what the caller sent in a header. */
export function isCleared({ cleared, anyCleared }: HeaderState, name: string): boolean {
  return anyCleared || cleared.has(name)
}

/** Leaves out ways that ended alike; of very many, the first ones stand for all. */
export function distinctStates(states: readonly HeaderState[]): readonly HeaderState[] {
  const byKey = new Map(
    states.map(state => {
      const { cleared, set, anyCleared, failed } = state
      return [`${[...cleared].sort()}|${[...set].sort()}|${anyCleared}|${[...failed]}`, state]
    }),
  )
  return [...byKey.values()].slice(0, 64)
}
