import { type Chunk, parse } from 'luaparse'

/** A Lua script, parsed, or where it cannot be. Lines count from 1, columns from 0. */
export type Script =
  | { readonly kind: 'parsed'; readonly chunk: Chunk }
  | {
      readonly kind: 'broken'
      readonly line: number
      readonly column: number
      readonly problem: string
    }
  /** A template language has not been applied yet. */
  | { readonly kind: 'template' }

/** Parses a script in the dialect of LuaJIT, which Envoy runs. */
export function readScript(text: string): Script {
  // The parser wants bytes; what is not ASCII stands in strings and comments, and keeps its width.
  const ascii = text.replaceAll(/[^\0-\x7f]/g, '?')
  try {
    const chunk = parse(ascii, {
      luaVersion: 'LuaJIT',
      encodingMode: 'pseudo-latin1',
      locations: true,
      comments: false,
    })
    return { kind: 'parsed', chunk }
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    if (/\{\{|\$\{|<%/.test(text)) return { kind: 'template' }
    const { line = 1, column = 0 } = error as { line?: number; column?: number }
    return { kind: 'broken', line, column, problem: problemOf(ascii, line, error.message) }
  }
}

function problemOf(text: string, line: number, message: string): string {
  const source = text.split('\n')[line - 1] ?? ''
  if (/^\s*#/.test(source)) return 'a comment starts with #, where Lua wants --'
  return message.replace(/^\[\d+:\d+\] /, '')
}
