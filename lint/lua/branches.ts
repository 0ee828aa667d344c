import type { Expression } from 'luaparse'
import { type Frame, lookUp, type Run, type States } from './run.js'

/** The ways on which a condition may hold, and those on which it may not. */
export interface Branches {
  readonly yes: States
  readonly no: States
}

/**
 * Tells apart the ways on which a call by `pcall` went well from those on which it did not, as far as
 * a condition asks for that. Of any other condition both is possible.
 */
export function branches(condition: Expression, states: States, frame: Frame, run: Run): Branches {
  const of = (inner: Expression, given: States) => branches(inner, given, frame, run)
  switch (condition.type) {
    case 'Identifier': {
      const value = lookUp(condition.name, frame, run)
      if (value.kind !== 'success') return { yes: states, no: states }
      return {
        yes: states.filter(({ failed }) => !failed.has(value.call)),
        no: states.filter(({ failed }) => failed.has(value.call)),
      }
    }
    case 'UnaryExpression': {
      if (condition.operator !== 'not') return { yes: states, no: states }
      const { yes, no } = of(condition.argument, states)
      return { yes: no, no: yes }
    }
    case 'LogicalExpression': {
      const left = of(condition.left, states)
      if (condition.operator === 'or') {
        const right = of(condition.right, left.no)
        return { yes: [...left.yes, ...right.yes], no: right.no }
      }
      const right = of(condition.right, left.yes)
      return { yes: right.yes, no: [...left.no, ...right.no] }
    }
    case 'BinaryExpression': {
      const { operator, left, right } = condition
      if (right.type !== 'BooleanLiteral' || !/^[=~]=$/.test(operator)) {
        return { yes: states, no: states }
      }
      const { yes, no } = of(left, states)
      return right.value === (operator === '==') ? { yes, no } : { yes: no, no: yes }
    }
    default:
      return { yes: states, no: states }
  }
}
