import type { FunctionDeclaration } from 'luaparse'

/** What a value of a script is, as far as it matters for headers and certificates. */
export type Value =
  | { readonly kind: 'unknown' }
  | { readonly kind: 'text'; readonly text: string }
  /** Envoy's objects: the handle of the request, its headers, the stream's info, its connection. */
  | { readonly kind: 'handle' | 'headers' | 'stream' | 'connection' | 'tls' }
  /** Made of the peer's certificate, or of what a proxy in front said of it. */
  | { readonly kind: 'peer' }
  /** The value of a request header. */
  | { readonly kind: 'header'; readonly name: string }
  | { readonly kind: 'function'; readonly body: FunctionDeclaration }
  /** Whether a call by `pcall` went well; `result` is what the function gave. */
  | { readonly kind: 'success'; readonly call: number; readonly result: Value }

/** The value of which nothing is known. */
export const unknown: Value = { kind: 'unknown' }

/** What a method of one of Envoy's objects gives. */
export function methodValue(base: Value, method: string, first: Value | undefined): Value {
  switch (base.kind) {
    case 'handle':
      if (method === 'headers') return { kind: 'headers' }
      if (method === 'streamInfo') return { kind: 'stream' }
      return method === 'connection' ? { kind: 'connection' } : unknown
    case 'stream':
      return method === 'downstreamSslConnection' ? { kind: 'tls' } : unknown
    case 'connection':
      return method === 'ssl' ? { kind: 'tls' } : unknown
    case 'tls':
      return /peercertificate/i.test(method) ? { kind: 'peer' } : unknown
    case 'headers':
      return headerValue(method, first)
    case 'peer':
      return base
    default:
      return unknown
  }
}

function headerValue(method: string, name: Value | undefined): Value {
  if (!/^get(?:AtIndex)?$/.test(method) || name?.kind !== 'text') return unknown
  const header = name.text.toLowerCase()
  return header === 'x-forwarded-client-cert' ? { kind: 'peer' } : { kind: 'header', name: header }
}

/** What an operator makes of two values. */
export function combined(operator: string, left: Value, right: Value): Value {
  if (operator === '..') {
    if (left.kind === 'text' && right.kind === 'text') {
      return { kind: 'text', text: left.text + right.text }
    }
    return left.kind === 'peer' ? left : right.kind === 'peer' ? right : unknown
  }
  if (operator === 'or' || operator === 'and') {
    if (left.kind === 'peer') return left
    return operator === 'or' && left.kind !== 'unknown' ? left : right
  }
  return unknown
}

/** What is made of several values is of the peer's certificate if one of them is. */
export function anyPeer(values: readonly Value[]): Value {
  return values.find(({ kind }) => kind === 'peer') ?? unknown
}

/** Several values of one call: the last known one is taken for all that follow. */
export function lastOf(values: readonly Value[]): Value {
  const end = values.at(-1)
  const last = end?.kind === 'success' ? end.result : end
  return last?.kind === 'peer' ? last : unknown
}
