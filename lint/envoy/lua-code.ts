import type { LintContext } from '../context.js'
import { type Finding, finding } from '../finding.js'
import type { LintRule } from '../rule.js'
import type { LuaScript } from './lua-scripts.js'

/** What is wrong with a script as such: how it is given, its syntax, how it decides. */
export const luaCode: LintRule = {
  codes: ['SL3012', 'SL3013', 'SL3014', 'SL3015'],
  check: ({ scripts }: LintContext) => scripts.flatMap(problems),
}

function problems({ script, trace, deprecatedField, placeOf }: LuaScript): readonly Finding[] {
  const found: Finding[] = []
  if (deprecatedField !== undefined) {
    found.push(finding('SL3012', 'the script stands in a deprecated field', deprecatedField))
  }
  if (script.kind === 'broken') {
    const message = `the script is no Lua: ${script.problem}`
    found.push(finding('SL3013', message, placeOf(script)))
  }
  if (trace === undefined) return found
  for (const place of trace.hostComparisons) {
    found.push(finding('SL3014', 'the host is compared as the caller spelt it', placeOf(place)))
  }
  if (trace.responds && trace.readsPeer && !trace.protects) {
    const message = 'the script decides by the certificate without pcall'
    found.push(finding('SL3015', message, placeOf({ line: 1, column: 0 })))
  }
  return found
}
