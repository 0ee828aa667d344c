import type { Report } from '../reading/policy-fields.js'
import type { YamlEntry, YamlNode } from '../yaml/yaml-source.js'
import { type FieldReader, hasControlCharacters, readString } from './case-fields.js'

/** Header lines by name in lower case, in the order they are sent. */
export type HeaderLines = Readonly<Record<string, readonly string[]>>

/**
 * Reads the headers of a request: a value, or a list for a header that is sent in several lines.
 *
 * What no request can carry is refused: pseudo-headers and `host`, which have fields of their own, a
 * name that is no token of RFC 9110, a value with control characters or with blanks around it.
 */
export const readHeaders: FieldReader<HeaderLines> = (node, where, report) => {
  if (node.kind !== 'map') {
    report('SC0502', `${where} must be a mapping`, 'Write NAME: VALUE.', node.place)
    return undefined
  }
  const headers = new Map<string, readonly string[]>()
  for (const entry of node.entries) {
    const name = readName(entry, where, report)
    if (name === undefined) continue
    if (headers.has(name)) {
      const hint = 'Write its lines as a list: NAME: [VALUE, VALUE].'
      report('SC0502', `${where} has the header ${name} twice`, hint, entry.keyPlace)
    }
    headers.set(name, readLines(entry.value, `${where}.${entry.key}`, report))
  }
  return Object.fromEntries(headers)
}

function readName({ key, keyPlace }: YamlEntry, where: string, report: Report): string | undefined {
  const name = key.toLowerCase()
  const field = { host: 'host', ':authority': 'host', ':path': 'path', ':method': 'method' }[name]
  if (field !== undefined) {
    const hint = `Write it as ${field} of the request.`
    report('SC0502', `${where}: ${key} is not sent as a header`, hint, keyPlace)
    return undefined
  }
  if (/^[!#$%&'*+.^_`|~0-9a-z-]+$/.test(name)) return name
  const hint = 'Write letters, digits and dashes.'
  report('SC0502', `${where}: ${JSON.stringify(key)} is no name of a header`, hint, keyPlace)
  return undefined
}

function readLines(node: YamlNode, where: string, report: Report): readonly string[] {
  const lines = node.kind === 'list' ? node.items : [node]
  if (lines.length === 0) {
    const hint = 'Write a value, or leave the header out.'
    report('SC0502', `${where} has no value`, hint, node.place)
  }
  return lines.flatMap((line, index) => {
    return readLine(line, node.kind === 'list' ? `${where}[${index}]` : where, report) ?? []
  })
}

function readLine(node: YamlNode, where: string, report: Report): string | undefined {
  // Unlike everything else, a header may be there and say nothing.
  if (node.kind === 'scalar' && node.value === '') return ''
  const text = readString(node, where, report)
  if (text === undefined) return undefined
  if (hasControlCharacters(text.replaceAll('\t', ''))) {
    report('SC0502', `${where} has control characters`, 'No request carries them.', node.place)
    return undefined
  }
  if (text === text.replace(/^[ \t]+|[ \t]+$/g, '')) return text
  const hint = 'Remove them: whoever receives the request does.'
  report('SC0502', `${where} has blanks around it`, hint, node.place)
  return undefined
}
