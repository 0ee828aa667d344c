import { pathWithoutQuery } from '../described-request.js'
import { type FieldReader, hasControlCharacters, readString } from './case-fields.js'

/**
 * Reads the path of a request, query included.
 *
 * A test asks the policy, and the policy sees what Envoy's normalisation leaves (`normalize_path`,
 * RFC 3986 section 6.2.2: dot segments, `%61`, backslashes). A path that would not arrive as it is
 * written is worth a warning (SC0506): its verdict is not the one that the caller would get.
 */
export const readPath: FieldReader<string> = (node, where, report) => {
  const text = readString(node, where, report)
  if (text === undefined) return undefined
  const problem = pathProblem(text)
  if (problem !== undefined) {
    report('SC0502', `${where} ${problem[0]}: ${JSON.stringify(text)}`, problem[1], node.place)
    return undefined
  }
  const change = normalisation(pathWithoutQuery(text))
  if (change !== undefined) {
    const message = `${where}: no policy sees ${text}, because Envoy ${change} first`
    const hint = 'Write the path that is left, unless path normalisation is off in your mesh.'
    report('SC0506', message, hint, node.place)
  }
  return text
}

function pathProblem(text: string): readonly [problem: string, hint: string] | undefined {
  if (/^[a-z]+:\/\//i.test(text)) return ['is a URL', 'Write its host as host, and its path here.']
  if (!text.startsWith('/') && text !== '*') return ['does not start with /', 'Begin it with /.']
  if (text.includes('#')) return ['has a fragment', 'Remove it: Envoy answers it with 400.']
  return /\s/.test(text) || hasControlCharacters(text)
    ? ['has characters that no request carries', 'Encode them, such as %20 for a space.']
    : undefined
}

function normalisation(path: string): string | undefined {
  if (/\/\.{1,2}(?:\/|$)/.test(path)) return 'resolves dot segments'
  if (path.includes('\\')) return 'turns backslashes into slashes'
  const encoded = /%(?:2[de]|3[0-9]|[46][1-9a-f]|[57][0-9a]|5f|7e)/i.exec(path)
  return encoded === null ? undefined : `decodes ${encoded[0]}`
}
