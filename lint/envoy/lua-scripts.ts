import type { Place } from '../../policy/index.js'
import type { ScriptPlace } from '../lua/run.js'
import { readScript, type Script } from '../lua/script.js'
import { type Trace, traceRequest } from '../lua/trace.js'
import type { SourceNode, SourceScalar } from '../source/source-node.js'
import type { EnvoyFragment, PlacedMessage } from './fragment.js'
import { field, fieldAt } from './message.js'

/** A Lua script of a piece of configuration. */
export interface LuaScript {
  readonly fragment: EnvoyFragment
  readonly message: PlacedMessage
  readonly script: Script
  /** Undefined when it cannot be parsed, or does nothing to requests. */
  readonly trace: Trace | undefined
  /** Where the deprecated field stands that it is in. */
  readonly deprecatedField: Place | undefined
  /** Where a place of the script stands in the file. */
  readonly placeOf: (place: ScriptPlace) => Place
}

/** Finds the Lua scripts of pieces of configuration. */
export function luaScripts(fragments: readonly EnvoyFragment[]): readonly LuaScript[] {
  return fragments.flatMap(fragment =>
    fragment.messages
      .filter(({ type }) => type === 'Lua' || type === 'LuaPerRoute')
      .flatMap(message =>
        sourcesOf(message).map(({ scalar, deprecated }) =>
          luaScript(fragment, message, scalar, deprecated),
        ),
      ),
  )
}

interface ScriptSource {
  readonly scalar: SourceScalar
  readonly deprecated: Place | undefined
}

function sourcesOf({ body }: PlacedMessage): readonly ScriptSource[] {
  const inline = field(body, 'inline_code')
  const named = fieldAt(body, 'source_codes')
  const nodes: readonly (readonly [SourceNode | undefined, Place | undefined])[] = [
    [inline?.value, inline?.keyPlace],
    [fieldAt(body, 'default_source_code', 'inline_string'), undefined],
    [fieldAt(body, 'source_code', 'inline_string'), undefined],
    ...(named?.kind === 'map' ? named.entries : []).map(
      ({ value }) => [fieldAt(value, 'inline_string'), undefined] as const,
    ),
  ]
  return nodes.flatMap(([node, deprecated]) =>
    node?.kind === 'scalar' && typeof node.value === 'string' ? [{ scalar: node, deprecated }] : [],
  )
}

function luaScript(
  fragment: EnvoyFragment,
  message: PlacedMessage,
  scalar: SourceScalar,
  deprecatedField: Place | undefined,
): LuaScript {
  const script = readScript(String(scalar.value))
  const trace = script.kind === 'parsed' ? traceRequest(script.chunk) : undefined
  const { file } = scalar.place
  const placeOf = ({ line, column, endColumn }: ScriptPlace): Place => {
    if (scalar.block === undefined) return scalar.place
    const { line: first, indent } = scalar.block
    const place = { file, line: first + line - 1, column: indent + column + 1 }
    return endColumn === undefined ? place : { ...place, endColumn: indent + endColumn + 1 }
  }
  return { fragment, message, script, trace, deprecatedField, placeOf }
}
