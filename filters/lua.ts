import { readFileSync } from 'node:fs'
import { headerSpellings } from './header-spellings.js'
import type { HeaderSettings, HttpFilter } from './http-filter.js'

/** The package keeps the script where the sources have it, and this module in `dist/filters`. */
const source = readFileSync(
  new URL('../../filters/lua/forward-client-certificate.lua', import.meta.url),
  'utf8',
)

/**
 * Makes the Lua filter that sets the header: `lua/forward-client-certificate.lua` with the header's
 * name in place. What the script does and refuses stands in the script.
 *
 * Envoy forwards a request unchanged when a script raises an error, so the strip filter stands in
 * front of this one, and the script does its own removal besides.
 */
export function lua(settings: HeaderSettings): HttpFilter {
  return {
    name: 'sidecert.lua',
    typed_config: {
      '@type': 'type.googleapis.com/envoy.extensions.filters.http.lua.v3.Lua',
      default_source_code: { inline_string: luaSource(settings) },
    },
  }
}

/**
 * Writes the script for a header. The name is checked to be letters, digits, dashes and underscores,
 * none of which means anything in a string of Lua.
 *
 * @throws {RangeError} for any other name
 */
export function luaSource({ header }: HeaderSettings): string {
  headerSpellings(header)
  const line = /^local header = "[^"]*" -- settings: header$/m
  if (!line.test(source)) throw new Error('the Lua script has no line for the header')
  return source.replace(line, `local header = "${header}"`)
}
