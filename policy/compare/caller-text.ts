import type { Selection } from './box.js'
import { describeValues } from './describe-values.js'
import type { Dimension } from './dimension.js'

/**
 * Names the callers that a selection of peers stands for: each that has a name by itself, then the
 * rest by what the policies call them.
 */
export function callerNames(peers: Dimension, selection: Selection): readonly string[] {
  const { values, sets } = peers
  const named = selection.flatMap(value => values[value]?.name ?? [])
  const rest = new Set(selection.filter(value => values[value]?.name === undefined))
  if (rest.size === 0) return named
  const universe = new Set([...values.keys()].filter(value => values[value]?.name === undefined))
  const someNamed = values.some(
    ({ part, name }) => name !== undefined && part.peer?.kind === 'svid',
  )
  const { terms, except } = describeValues(rest, universe, sets, value => {
    const peer = values[value]?.part.peer
    return peer?.kind === 'svid' ? peer.spiffeId : 'no certificate'
  })
  const other = someNamed ? 'any other workload' : 'any workload'
  const texts =
    terms.length > 0
      ? terms.map(term => workload(other, term))
      : [except.length === 0 ? other : `${other}, except ${except.map(short).join(', ')}`]
  return [...named, ...texts]
}

function workload(other: string, term: string): string {
  if (term === '*') return other
  if (term === 'any other') return 'any workload that no rule names'
  if (term.startsWith('what is ')) return `${other} that is ${term.slice('what is '.length)}`
  return `${other} ${/^(?:namespace|trust domain) /.test(term) ? 'of' : 'as'} ${term}`
}

function short(text: string): string {
  return text === '*' ? 'any' : text
}
