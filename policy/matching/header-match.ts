import type { StringPattern } from '../authorization-policy.js'
import { byteString } from '../byte-string.js'
import { type Outcome, outcomeOf } from './outcome.js'
import { anyOf, compileStringPattern, type StringTest } from './string-match.js'

/** What a header's lines say; `joined` as in {@link Facts.headersJoined}. */
export type HeaderTest = (lines: readonly string[], joined: boolean) => Outcome

/**
 * Compiles the patterns for a header: any pattern matches any line, `*` the empty line too.
 *
 * Lines that may have been joined by commas are several lines or one, and nobody knows which of the
 * commas were there before. They match when each reading has a line that matches, and do not when
 * none has; in between, the outcome is unknown. So it is for a `!` that may stand for a byte that is
 * not UTF-8, when a pattern has such a byte or a `!`.
 */
export function compileHeaderPatterns(patterns: readonly StringPattern[]): HeaderTest {
  const certain = anyOf(patterns.map(compileStringPattern))
  const joinedTests = patterns.map(compileJoined)
  return (lines, joined) => {
    if (!joined) return outcomeOf(lines.some(certain))
    let outcome: Outcome = 'mismatch'
    for (const line of lines) {
      for (const test of joinedTests) {
        const found = test(line)
        if (found === 'match') return found
        if (found === 'unknown') outcome = found
      }
    }
    return outcome
  }
}

function compileJoined(pattern: StringPattern): (line: string) => Outcome {
  if (pattern.kind === 'any') return () => 'match'
  const value = byteString(pattern.value)
  const whole = compileStringPattern(pattern)
  const inEveryReading = compileEveryReading(pattern.kind, value)
  const inSomeReading = compileSomeReading(pattern.kind, value)
  const losable = /[!\x80-\xff]/.test(value)
  return line => {
    if (losable && line.includes('!')) return 'unknown'
    if (!line.includes(',')) return outcomeOf(whole(line))
    if (inEveryReading(line)) return 'match'
    return inSomeReading(line) ? 'unknown' : 'mismatch'
  }
}

/** The first line of any reading starts, and the last one ends, like the value before joining. */
function compileEveryReading(kind: 'exact' | 'prefix' | 'suffix', value: string): StringTest {
  if (kind === 'exact' || value.includes(',')) return () => false
  return kind === 'prefix' ? line => line.startsWith(value) : line => line.endsWith(value)
}

/** A line of some reading is a run of pieces between commas. */
function compileSomeReading(kind: 'exact' | 'prefix' | 'suffix', value: string): StringTest {
  switch (kind) {
    case 'exact':
      return line => `,${line},`.includes(`,${value},`)
    case 'prefix':
      return line => `,${line}`.includes(`,${value}`)
    case 'suffix':
      return line => `${line},`.includes(`${value},`)
  }
}
