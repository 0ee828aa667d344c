import type { ErrorCode, YAMLError } from 'yaml'
import { type Diagnostic, diagnostic, type Place } from '../diagnostic.js'

const tab = 'a tab stands in the indentation, where YAML allows spaces only'

/** What is wrong and the mend, for the mistakes that people make; the rest keep yaml's words. */
const explanations: Partial<Record<ErrorCode, readonly [message: string, hint: string]>> = {
  TAB_AS_INDENT: [tab, 'Indent with spaces.'],
  BAD_INDENT: ['the indentation does not fit what stands above', 'Align it with its neighbours.'],
  BLOCK_AS_IMPLICIT_KEY: [
    'a mapping starts where a value stands',
    'Indent the keys of one mapping alike, and quote a value that holds ": ".',
  ],
  MULTILINE_IMPLICIT_KEY: ['a key runs over several lines', 'Is a colon missing after the key?'],
  BAD_SCALAR_START: ['a value starts with a character that YAML reserves', 'Quote the value.'],
  BAD_DQ_ESCAPE: [
    'a double-quoted value holds an unknown escape',
    'Write \\\\ for a backslash, or use single quotes.',
  ],
  TAG_RESOLVE_FAILED: ['a value has a tag that is not understood', 'Remove the tag.'],
}

/**
 * Makes a diagnostic (SC0002) of an error or warning of the `yaml` library.
 *
 * @param at - the place of a range of offsets into `text`
 */
export function yamlSyntaxDiagnostic(
  { code, message, pos: [from, to] }: YAMLError,
  text: string,
  at: (from: number, to: number) => Place,
): Diagnostic {
  const [found, hint] = startsWithTab(text, from)
    ? (explanations.TAB_AS_INDENT as readonly [string, string])
    : (explanations[code] ?? [uncapitalised(message), 'Correct the YAML here.'])
  return diagnostic('SC0002', found, hint, at(from, to))
}

/** Tells whether the whitespace that the line of an offset begins with holds a tab. */
function startsWithTab(text: string, offset: number): boolean {
  const lineStart = text.lastIndexOf('\n', offset - 1) + 1
  for (let index = lineStart; index < text.length; index++) {
    if (text[index] === '\t') return true
    if (text[index] !== ' ') return false
  }
  return false
}

function uncapitalised(message: string): string {
  return `${message.charAt(0).toLowerCase()}${message.slice(1)}`
}
