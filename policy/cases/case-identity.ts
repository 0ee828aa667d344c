import type { Peer } from '../facts.js'
import { parseSpiffeId } from '../spiffe-id.js'
import { nearestName } from '../suggestion.js'
import { type FieldReader, readString } from './case-fields.js'

/** What a case says of a certificate from which no identity can be taken. */
export const invalidCertificate: Peer = { kind: 'invalid', reason: 'as the case says' }

const form = 'Write a SPIFFE ID, none (no certificate) or invalid (a certificate without one).'

/**
 * Reads who calls: the SPIFFE ID of a workload, as its certificate has it; `none` for a caller
 * without a certificate; `invalid` for one whose certificate is no X.509-SVID.
 */
export const readIdentity: FieldReader<Peer> = (node, where, report) => {
  const text = readString(node, where, report)
  if (text === undefined) return undefined
  if (text === 'none') return { kind: 'absent' }
  if (text === 'invalid') return invalidCertificate
  const problem = spiffeIdProblem(text)
  if (problem === undefined) return { kind: 'svid', spiffeId: text }
  report('SC0502', `${where}: ${JSON.stringify(text)} is ${problem}`, hintFor(text), node.place)
  return undefined
}

function spiffeIdProblem(text: string): string | undefined {
  try {
    const { path } = parseSpiffeId(text)
    return path === '' ? 'the SPIFFE ID of a trust domain and of no workload' : undefined
  } catch (error) {
    return (error as Error).message
  }
}

/** A policy writes principals without their scheme, and people take them from there. */
function hintFor(text: string): string {
  if (spiffeIdProblem(`spiffe://${text}`) === undefined) return `Write spiffe://${text}.`
  const word = nearestName(text, ['none', 'invalid'])
  return word === undefined ? form : `Did you mean ${word}?`
}
