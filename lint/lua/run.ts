import type { CallExpression, Expression } from 'luaparse'
import { type HeaderState, isCleared, withCleared, withSet } from './state.js'
import { methodValue, unknown, type Value } from './value.js'

/** Where something stands in a script: the line from 1, the column from 0. */
export interface ScriptPlace {
  readonly line: number
  readonly column: number
  readonly endColumn?: number
}

/** A header that a script sets to something made of the peer's certificate. */
export interface HeaderSet {
  readonly name: string
  readonly method: 'add' | 'replace'
  /** What the caller sent may still be there. */
  readonly keepsForged: boolean
  readonly place: ScriptPlace
}

/** What is noted while a script is followed. */
export interface Run {
  readonly globals: Map<string, Value>
  readonly sets: Map<string, HeaderSet>
  /** Hosts compared with `==` in front of a denial. */
  readonly hosts: ScriptPlace[]
  readsForwardedCertificate: boolean
  readsPeer: boolean
  responds: boolean
  protects: boolean
  /** How many calls by `pcall` there were. */
  calls: number
  depth: number
}

/** A function that is being called. */
export interface Frame {
  readonly names: Map<string, Value>
  /** Whoever called it, where names are looked for that are not its own. */
  readonly caller: Frame | undefined
  readonly returns: HeaderState[]
  readonly returned: Value[]
  /** Where an error goes: behind the `pcall` around it, or out of the script. */
  readonly errors: HeaderState[]
}

/** The ways through the script so far. */
export type States = readonly HeaderState[]

/** The value of an expression, and the ways after it. */
export interface Result {
  readonly value: Value
  readonly states: States
}

/** Starts to note. */
export function newRun(): Run {
  return {
    globals: new Map(),
    sets: new Map(),
    hosts: [],
    readsForwardedCertificate: false,
    readsPeer: false,
    responds: false,
    protects: false,
    calls: 0,
    depth: 0,
  }
}

/** Gives a name of a function a value, or one of its callers when it has none of its own. */
export function assign(
  name: string | undefined,
  value: Value,
  frame: Frame,
  run: Run,
  isLocal: boolean,
): void {
  if (name === undefined) return
  let owner: Frame | undefined = frame
  while (!isLocal && owner !== undefined && !owner.names.has(name)) owner = owner.caller
  const names = owner?.names ?? run.globals
  // On one of the ways it was the certificate, and may be still.
  if (!isLocal && names.get(name)?.kind === 'peer' && value.kind !== 'peer') return
  names.set(name, value)
}

/** Finds the value of a name. */
export function lookUp(name: string, frame: Frame, run: Run): Value {
  for (let owner: Frame | undefined = frame; owner !== undefined; owner = owner.caller) {
    const value = owner.names.get(name)
    if (value !== undefined) return value
  }
  return run.globals.get(name) ?? unknown
}

/** Calls a method of one of Envoy's objects. */
export function callMethod(
  call: CallExpression,
  method: string,
  base: Value,
  values: readonly Value[],
  states: States,
  run: Run,
): Result {
  const [first, second] = values
  const value = methodValue(base, method, first)
  if (base.kind === 'handle' && method === 'respond') {
    run.responds = true
    return { value: unknown, states: [] }
  }
  if (base.kind !== 'headers') {
    if (value.kind === 'peer') run.readsPeer = true
    return { value, states }
  }
  if (value.kind === 'peer') run.readsForwardedCertificate = true
  const name = first?.kind === 'text' ? first.text.toLowerCase() : undefined
  if (method === 'remove') {
    return { value: unknown, states: states.map(state => withCleared(state, name)) }
  }
  if (method === 'add' || method === 'replace') {
    return { value: unknown, states: setHeader(call, method, name, second, states, run) }
  }
  return { value, states }
}

function setHeader(
  call: CallExpression,
  method: 'add' | 'replace',
  name: string | undefined,
  value: Value | undefined,
  states: States,
  run: Run,
): States {
  const ofPeer = value?.kind === 'peer' && name !== undefined
  if (ofPeer) {
    const place = placeOf(call)
    const keepsForged = method === 'add' && states.some(state => !isCleared(state, name))
    run.sets.set(`${place.line}:${place.column}`, { name, method, keepsForged, place })
  }
  return states.map(state => {
    const next = method === 'replace' ? withCleared(state, name) : state
    return ofPeer ? withSet(next, name) : next
  })
}

/** `a` or `a.b`; undefined for anything else. */
export function nameOf(expression: Expression): string | undefined {
  if (expression.type === 'Identifier') return expression.name
  if (expression.type !== 'MemberExpression') return undefined
  const base = nameOf(expression.base)
  return base === undefined ? undefined : `${base}.${expression.identifier.name}`
}

/** Where an expression stands. */
export function placeOf({ loc }: Expression): ScriptPlace {
  const start = loc?.start ?? { line: 1, column: 0 }
  const end = loc?.end
  return end?.line === start.line ? { ...start, endColumn: end.column } : { ...start }
}
