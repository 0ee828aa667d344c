import {
  Composer,
  type Document,
  isAlias,
  isMap,
  isScalar,
  LineCounter,
  type Node,
  type Pair,
  Parser,
  Scalar,
  type YAMLMap,
} from 'yaml'
import { type Diagnostic, diagnostic, type Place } from '../diagnostic.js'
import { tooDeep } from './yaml-depth.js'
import { yamlSyntaxDiagnostic } from './yaml-syntax.js'

/** A value of a YAML file that knows where it stands. Aliases are resolved, merge keys merged. */
export type YamlNode = YamlMap | YamlList | YamlScalar

/** A mapping; its keys are strings and none occurs twice. */
export interface YamlMap {
  readonly kind: 'map'
  readonly entries: readonly YamlEntry[]
  readonly place: Place
}

/** One key of a mapping with its value. */
export interface YamlEntry {
  readonly key: string
  readonly keyPlace: Place
  readonly value: YamlNode
}

/** A sequence. */
export interface YamlList {
  readonly kind: 'list'
  readonly items: readonly YamlNode[]
  readonly place: Place
}

/** A scalar, resolved by the core schema of YAML 1.2. */
export interface YamlScalar {
  readonly kind: 'scalar'
  readonly value: string | number | boolean | null
  /** The scalar as the file spells it, without quotes. */
  readonly source: string
  /** True without quotes and without a tag: a YAML 1.1 reader may then take it for another type. */
  readonly plain: boolean
  readonly place: Place
}

/** What {@link readYamlDocuments} finds. With any diagnostic there are no documents. */
export interface YamlDocuments {
  readonly documents: readonly YamlNode[]
  readonly diagnostics: readonly Diagnostic[]
}

const maximumLength = 1024 * 1024
const maximumNodes = 200_000
const maximumDepth = 100

const composing = {
  prettyErrors: false,
  uniqueKeys: false,
  version: '1.2',
  schema: 'core',
  logLevel: 'silent',
} as const

/**
 * Reads a text of one or more YAML documents into values with places.
 *
 * Stricter than YAML where a slip would change a meaning: a key that occurs twice, a key that is
 * not a string and a tag that is not understood are errors. The size of the text and the number of
 * values that aliases expand to are bounded. Empty documents are left out.
 *
 * @param text - the file's content
 * @param file - its name, for places only
 */
export function readYamlDocuments(text: string, file: string): YamlDocuments {
  if (text.length > maximumLength) {
    return refuse(`the file is larger than ${maximumLength} characters`, 'Split it.', start(file))
  }
  const lines = new LineCounter()
  const syntax = [...new Parser(lines.addNewLine).parse(text)]
  const deep = tooDeep(syntax, maximumDepth)
  if (deep !== undefined) {
    const place = placeOf(lines, file, deep, deep)
    return refuse('the values are nested too deeply', 'Flatten the document.', place)
  }
  const documents = [...new Composer(composing).compose(syntax)]
  // One a document: what follows the first mistake is mostly its consequence.
  const problems = documents.flatMap(({ errors, warnings }) => errors[0] ?? warnings[0] ?? [])
  if (problems.length > 0) {
    const at = (from: number, to: number) => placeOf(lines, file, from, to)
    const diagnostics = problems.map(problem => yamlSyntaxDiagnostic(problem, text, at))
    return { documents: [], diagnostics }
  }
  return convertDocuments(documents, { lines, file, left: maximumNodes })
}

interface Conversion {
  readonly lines: LineCounter
  readonly file: string
  /** How many more nodes may be made; aliases make this differ from the size of the text. */
  left: number
}

class UnusableYaml extends Error {
  constructor(readonly diagnostic: Diagnostic) {
    super(diagnostic.message)
  }
}

function convertDocuments(documents: readonly Document[], state: Conversion): YamlDocuments {
  try {
    const roots = documents
      .filter(({ contents }) => contents !== null && !isEmptyScalar(contents))
      .map(document => convert(document.contents as Node, document, state, []))
    return { documents: roots, diagnostics: [] }
  } catch (error) {
    if (!(error instanceof UnusableYaml)) throw error
    return { documents: [], diagnostics: [error.diagnostic] }
  }
}

function convert(
  node: Node | null,
  document: Document,
  state: Conversion,
  ancestors: readonly Node[],
): YamlNode {
  if (node === null) throw new Error('yaml composed a pair without a value')
  const place = placeOf(state.lines, state.file, node.range?.[0] ?? 0, node.range?.[1] ?? 0)
  if (--state.left < 0) {
    throw unusable('its aliases expand to too many values', 'Write the values out.', place)
  }
  if (ancestors.length > maximumDepth) {
    throw unusable('its aliases nest values too deeply', 'Write the values out.', place)
  }
  if (ancestors.includes(node)) {
    throw unusable('an alias stands inside the value that it names', 'Write the value out.', place)
  }
  if (isAlias(node)) {
    const target = node.resolve(document)
    if (target === undefined) {
      throw unusable(`the alias *${node.source} has no anchor`, 'Write the value out.', place)
    }
    return convert(target, document, state, ancestors)
  }
  if (isScalar(node)) return convertScalar(node, place)
  const inner = [...ancestors, node]
  if (isMap<Node, Node | null>(node)) {
    return { kind: 'map', entries: convertEntries(node, document, state, inner), place }
  }
  const { items } = node as unknown as { readonly items: readonly Node[] }
  return { kind: 'list', items: items.map(item => convert(item, document, state, inner)), place }
}

function convertScalar(node: Scalar, place: Place): YamlScalar {
  return {
    kind: 'scalar',
    // The core schema makes nothing else.
    value: node.value as YamlScalar['value'],
    source: node.source ?? '',
    plain: node.type === Scalar.PLAIN && node.tag === undefined,
    place,
  }
}

function convertEntries(
  map: YAMLMap<Node, Node | null>,
  document: Document,
  state: Conversion,
  ancestors: readonly Node[],
): readonly YamlEntry[] {
  const own = new Map<string, YamlEntry>()
  const merged: YamlEntry[] = []
  for (const pair of map.items) {
    const key = convert(pair.key, document, state, ancestors)
    const value = convertValue(pair, document, state, ancestors)
    if (key.kind === 'scalar' && key.plain && key.value === '<<') {
      merged.push(...mergedEntries(value))
      continue
    }
    if (key.kind !== 'scalar' || typeof key.value !== 'string') {
      throw unusable('a key is not a string', 'Put the key in quotes.', key.place)
    }
    if (own.has(key.value)) {
      const message = `the key ${key.value} stands twice in one mapping`
      throw unusable(message, 'Keep one of them.', key.place)
    }
    own.set(key.value, { key: key.value, keyPlace: key.place, value })
  }
  // What the mapping says itself wins over what it merges in, and the first merged over the next.
  for (const entry of merged) {
    if (!own.has(entry.key)) own.set(entry.key, entry)
  }
  return [...own.values()]
}

/** A key without a colon has no value node at all: `? key`. */
function convertValue(
  pair: Pair<Node, Node | null>,
  document: Document,
  state: Conversion,
  ancestors: readonly Node[],
): YamlNode {
  if (pair.value !== null) return convert(pair.value, document, state, ancestors)
  const end = pair.key.range?.[1] ?? 0
  const place = placeOf(state.lines, state.file, end, end)
  return { kind: 'scalar', value: null, source: '', plain: true, place }
}

function mergedEntries(value: YamlNode): readonly YamlEntry[] {
  if (value.kind === 'map') return value.entries
  if (value.kind === 'list' && value.items.every(item => item.kind === 'map')) {
    return value.items.flatMap(item => (item.kind === 'map' ? item.entries : []))
  }
  throw unusable('<< takes a mapping or a list of mappings', 'Write the keys out.', value.place)
}

function isEmptyScalar(node: unknown): boolean {
  return isScalar(node) && node.value === null && (node.source ?? '') === ''
}

function placeOf(lines: LineCounter, file: string, from: number, to: number): Place {
  const begin = lines.linePos(from)
  const place = { file, line: Math.max(begin.line, 1), column: Math.max(begin.col, 1) }
  const end = lines.linePos(to)
  return end.line === begin.line && to > from ? { ...place, endColumn: end.col } : place
}

function unusable(message: string, hint: string, place: Place): UnusableYaml {
  return new UnusableYaml(diagnostic('SC0002', message, hint, place))
}

function refuse(message: string, hint: string, place: Place): YamlDocuments {
  return { documents: [], diagnostics: [diagnostic('SC0002', message, hint, place)] }
}

function start(file: string): Place {
  return { file, line: 1, column: 1 }
}
