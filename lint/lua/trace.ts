import type {
  CallExpression,
  Chunk,
  Expression,
  FunctionDeclaration,
  IfStatement,
  Statement,
} from 'luaparse'
import { branches } from './branches.js'
import {
  assign,
  callMethod,
  type Frame,
  type HeaderSet,
  lookUp,
  nameOf,
  newRun,
  placeOf,
  type Result,
  type Run,
  type ScriptPlace,
  type States,
} from './run.js'
import {
  distinctStates,
  type HeaderState,
  isCleared,
  untouched,
  withCleared,
  withFailure,
} from './state.js'
import { anyPeer, combined, lastOf, unknown, type Value } from './value.js'

/** What a script does to the headers of a request. */
export interface Trace {
  readonly sets: readonly HeaderSet[]
  /** How the ways through the script end on which the request goes on. */
  readonly ends: readonly HeaderState[]
  /** A host compared with `==` in front of a denial. */
  readonly hostComparisons: readonly ScriptPlace[]
  readonly readsForwardedCertificate: boolean
  readonly readsPeer: boolean
  readonly responds: boolean
  readonly protects: boolean
}

/**
 * Follows `envoy_on_request` through all branches and the functions that it calls.
 *
 * An error that nothing catches ends the script and lets the request go on as it is; `respond` ends
 * both. Loops are taken to run once.
 */
export function traceRequest(chunk: Chunk): Trace | undefined {
  const run = newRun()
  const ends: HeaderState[] = []
  const top: Frame = {
    names: run.globals,
    caller: undefined,
    returns: [],
    returned: [],
    errors: [],
  }
  execute(chunk.body, [untouched], top, run)
  const entry = run.globals.get('envoy_on_request')
  if (entry?.kind !== 'function') return undefined
  const called = callFunction(entry.body, [{ kind: 'handle' }], [untouched], top, ends, run)
  const { readsForwardedCertificate, readsPeer, responds, protects } = run
  return {
    sets: [...run.sets.values()],
    ends: distinctStates([...called.states, ...ends]),
    hostComparisons: run.hosts,
    ...{ readsForwardedCertificate, readsPeer, responds, protects },
  }
}

function execute(body: readonly Statement[], start: States, frame: Frame, run: Run): States {
  let states = start
  for (const statement of body) {
    if (states.length === 0) return states
    states = distinctStates(executeOne(statement, states, frame, run))
  }
  return states
}

function executeOne(statement: Statement, states: States, frame: Frame, run: Run): States {
  switch (statement.type) {
    case 'LocalStatement':
    case 'AssignmentStatement': {
      let after = states
      const values = statement.init.map(expression => {
        const result = evaluate(expression, after, frame, run)
        after = result.states
        return result.value
      })
      for (const [index, variable] of statement.variables.entries()) {
        assign(
          nameOf(variable.type === 'IndexExpression' ? variable.base : variable),
          values[index] ?? lastOf(values),
          frame,
          run,
          statement.type === 'LocalStatement',
        )
      }
      return after
    }
    case 'FunctionDeclaration': {
      const name = statement.identifier === null ? undefined : nameOf(statement.identifier)
      assign(name, { kind: 'function', body: statement }, frame, run, statement.isLocal)
      return states
    }
    case 'CallStatement':
      return evaluate(statement.expression, states, frame, run).states
    case 'ReturnStatement': {
      let after = states
      for (const expression of statement.arguments) {
        const result = evaluate(expression, after, frame, run)
        after = result.states
        frame.returned.push(result.value)
      }
      frame.returns.push(...after)
      return []
    }
    case 'IfStatement':
      return executeIf(statement, states, frame, run)
    case 'WhileStatement':
    case 'RepeatStatement':
      return execute(
        statement.body,
        evaluate(statement.condition, states, frame, run).states,
        frame,
        run,
      )
    case 'ForGenericStatement': {
      const iterated = statement.iterators.map(item => evaluate(item, states, frame, run).value)
      const value = anyPeer(iterated)
      for (const { name } of statement.variables) assign(name, value, frame, run, true)
      return execute(statement.body, states, frame, run)
    }
    case 'ForNumericStatement':
    case 'DoStatement':
      return execute(statement.body, states, frame, run)
    default:
      return states
  }
}

function executeIf({ clauses }: IfStatement, states: States, frame: Frame, run: Run): States {
  const out: HeaderState[] = []
  let rest = states
  for (const clause of clauses) {
    if (clause.type === 'ElseClause') {
      out.push(...execute(clause.body, rest, frame, run))
      return out
    }
    const condition = evaluate(clause.condition, rest, frame, run)
    noteHostComparison(clause.condition, clause.body, frame, run)
    const { yes, no } = branches(clause.condition, condition.states, frame, run)
    const after = execute(clause.body, yes, frame, run)
    out.push(...after)
    // What is removed only if it is there is not there otherwise.
    const gone = headersIn(clause.condition, frame, run).filter(
      name => after.length > 0 && after.every(state => isCleared(state, name)),
    )
    rest = no.map(state => gone.reduce(withCleared, state))
  }
  return [...out, ...rest]
}

function evaluate(expression: Expression, states: States, frame: Frame, run: Run): Result {
  switch (expression.type) {
    case 'StringLiteral':
      return { value: { kind: 'text', text: expression.value }, states }
    case 'FunctionDeclaration':
      return { value: { kind: 'function', body: expression }, states }
    case 'Identifier':
      return { value: lookUp(expression.name, frame, run), states }
    case 'CallExpression':
      return evaluateCall(expression, states, frame, run)
    case 'StringCallExpression':
    case 'TableCallExpression': {
      const argument =
        expression.type === 'StringCallExpression' ? expression.argument : expression.arguments
      const call = {
        ...expression,
        type: 'CallExpression',
        arguments: [argument],
      } as CallExpression
      return evaluateCall(call, states, frame, run)
    }
    case 'BinaryExpression':
    case 'LogicalExpression': {
      const left = evaluate(expression.left, states, frame, run)
      const right = evaluate(expression.right, left.states, frame, run)
      const value = combined(expression.operator, left.value, right.value)
      return { value, states: right.states }
    }
    case 'UnaryExpression':
      return { value: unknown, states: evaluate(expression.argument, states, frame, run).states }
    case 'MemberExpression': {
      const known = lookUp(nameOf(expression) ?? '', frame, run)
      if (known.kind !== 'unknown') return { value: known, states }
      return peerOnly(evaluate(expression.base, states, frame, run))
    }
    case 'IndexExpression':
      return peerOnly(evaluate(expression.base, states, frame, run))
    default:
      return { value: unknown, states }
  }
}

function peerOnly({ value, states }: Result): Result {
  return { value: value.kind === 'peer' ? value : unknown, states }
}

function evaluateCall(call: CallExpression, states: States, frame: Frame, run: Run): Result {
  const { base } = call
  let after = states
  const isMethod = base.type === 'MemberExpression' && base.indexer === ':'
  const target = isMethod ? evaluate(base.base, after, frame, run) : undefined
  after = target?.states ?? after
  const values = call.arguments.map(argument => {
    const result = evaluate(argument, after, frame, run)
    after = result.states
    return result.value
  })
  if (isMethod && target !== undefined) {
    return callMethod(call, base.identifier.name, target.value, values, after, run)
  }
  const name = nameOf(base) ?? ''
  const callee = lookUp(name, frame, run)
  if (callee.kind === 'function') {
    return callFunction(callee.body, values, after, frame, frame.errors, run)
  }
  if (name === 'table.insert' && call.arguments[0] !== undefined) {
    assign(nameOf(call.arguments[0]), anyPeer(values), frame, run, false)
  }
  return callBuiltIn(name, values, after, frame, run)
}

function callBuiltIn(
  name: string,
  values: readonly Value[],
  states: States,
  frame: Frame,
  run: Run,
): Result {
  if (name === 'pcall' || name === 'xpcall') {
    run.protects = true
    const [callee, ...rest] = values
    if (callee?.kind !== 'function') return { value: unknown, states }
    const errors: HeaderState[] = []
    const given = name === 'pcall' ? rest : rest.slice(1)
    const { value, states: next } = callFunction(callee.body, given, states, frame, errors, run)
    const call = ++run.calls
    const failed = errors.map(state => withFailure(state, call))
    return { value: { kind: 'success', call, result: value }, states: [...next, ...failed] }
  }
  if (name === 'error') {
    frame.errors.push(...states)
    return { value: unknown, states: [] }
  }
  if (name === 'assert') frame.errors.push(...states)
  const [first] = values
  if (name === 'string.lower' && first?.kind === 'text') {
    return { value: { kind: 'text', text: first.text.toLowerCase() }, states }
  }
  return { value: anyPeer(values), states }
}

function callFunction(
  { parameters, body }: FunctionDeclaration,
  values: readonly Value[],
  states: States,
  caller: Frame,
  errors: HeaderState[],
  run: Run,
): Result {
  if (run.depth > 12) return { value: unknown, states }
  run.depth++
  const names = new Map(
    parameters.map((parameter, index) => [
      parameter.type === 'Identifier' ? parameter.name : '...',
      values[index] ?? unknown,
    ]),
  )
  const frame: Frame = { names, caller, returns: [], returned: [], errors }
  const rest = execute(body, states, frame, run)
  run.depth--
  const value = frame.returned.find(({ kind }) => kind === 'peer') ?? frame.returned[0] ?? unknown
  return { value, states: distinctStates([...frame.returns, ...rest]) }
}

function headersIn(condition: Expression, frame: Frame, run: Run): readonly string[] {
  if (condition.type === 'BinaryExpression' || condition.type === 'LogicalExpression') {
    return [...headersIn(condition.left, frame, run), ...headersIn(condition.right, frame, run)]
  }
  const { value } = evaluate(condition, [], frame, { ...run, sets: new Map(), hosts: [] })
  return value.kind === 'header' ? [value.name] : []
}

function noteHostComparison(
  condition: Expression,
  body: readonly Statement[],
  frame: Frame,
  run: Run,
): void {
  if (condition.type === 'LogicalExpression') {
    noteHostComparison(condition.left, body, frame, run)
    noteHostComparison(condition.right, body, frame, run)
  }
  if (condition.type !== 'BinaryExpression' || condition.operator !== '==') return
  const sides = [condition.left, condition.right]
  const host = sides.some(side =>
    headersIn(side, frame, run).some(name => /^:authority$|^host$/.test(name)),
  )
  const text = sides.some(side => evaluate(side, [], frame, run).value.kind === 'text')
  if (host && text && body.some(endsInDenial)) run.hosts.push(placeOf(condition))
}

/** Of the statements of a branch, the ones that answer the request. */
function endsInDenial(statement: Statement): boolean {
  if (statement.type !== 'CallStatement') return false
  const { expression } = statement
  return (
    expression.type === 'CallExpression' &&
    expression.base.type === 'MemberExpression' &&
    expression.base.identifier.name === 'respond'
  )
}
