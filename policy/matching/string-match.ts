import type { Pattern, StringPattern } from '../authorization-policy.js'
import { asciiLowerCase, byteString } from '../byte-string.js'
import { compilePathTemplate } from './path-template.js'

/** Tells whether a byte string matches. */
export type StringTest = (text: string) => boolean

/** Compiles a pattern for a method, a path, a header line or a server name; case counts. */
export function compileStringPattern(pattern: StringPattern): StringTest {
  if (pattern.kind === 'any') return () => true
  const value = byteString(pattern.value)
  switch (pattern.kind) {
    case 'exact':
      return text => text === value
    case 'prefix':
      return text => text.startsWith(value)
    case 'suffix':
      return text => text.endsWith(value)
  }
}

/**
 * Compiles a pattern for a host, which is the `:authority` as sent, port and trailing dot included.
 * ASCII letters match in either case: the test takes the host in lower case.
 */
export function compileHostPattern(pattern: StringPattern): StringTest {
  return pattern.kind === 'any'
    ? () => true
    : compileStringPattern({ ...pattern, value: asciiLowerCase(pattern.value) })
}

/** Compiles a pattern for a path without its query: a template or a string; `*` is no empty path. */
export function compilePathPattern(pattern: Pattern): StringTest {
  if (pattern.kind === 'template') return compilePathTemplate(pattern.source)
  return compileNonEmpty(pattern as StringPattern)
}

/** Compiles a pattern of which `*` asks for at least one character. */
export function compileNonEmpty(pattern: StringPattern): StringTest {
  return pattern.kind === 'any' ? text => text !== '' : compileStringPattern(pattern)
}

/** Tells whether any of the tests holds. */
export function anyOf(tests: readonly StringTest[]): StringTest {
  const [only] = tests
  if (tests.length === 1 && only !== undefined) return only
  return text => {
    for (const test of tests) {
      if (test(text)) return true
    }
    return false
  }
}
