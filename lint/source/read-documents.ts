import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseAllDocuments,
  Scalar,
  type YAMLMap,
} from 'yaml'
import type { SourceMap, SourceNode, SourcePlaces, SourceScalar } from './source-node.js'

/** What a text holds: its documents, or why it cannot be read. */
export interface DocumentsRead {
  readonly documents: readonly SourceNode[]
  /** `template`: a template language stands in the YAML; `syntax`: it is no YAML. */
  readonly unreadable?: 'template' | 'syntax' | 'size'
}

const maximumLength = 8 * 1024 * 1024
const maximumNodes = 400_000

/**
 * Reads YAML or JSON as leniently as a linter of other people's files must: a document that cannot
 * be read does not hide the others, a key that is no string is one, of a key that occurs twice the
 * last one counts, and a tag that nobody knows is passed over. Nothing is refused here, because
 * whoever reads the file in earnest will refuse it.
 */
export function readDocuments(text: string, places: SourcePlaces): DocumentsRead {
  if (text.length > maximumLength) return { documents: [], unreadable: 'size' }
  const lineCounter = new LineCounter()
  try {
    const parsed = parseAllDocuments(text, {
      lineCounter,
      prettyErrors: false,
      uniqueKeys: false,
      version: '1.2',
      schema: 'core',
      logLevel: 'silent',
    })
    const all: readonly Document[] = Array.isArray(parsed) ? parsed : []
    const state = { places: places.withLines(lineCounter, text), left: maximumNodes }
    const documents = all
      .filter(({ errors, contents }) => errors.length === 0 && contents !== null)
      .map(document => convert(document.contents as Node, document, state, []))
    return all.every(({ errors }) => errors.length === 0)
      ? { documents }
      : { documents, unreadable: /\{\{|<%|\$\{/.test(text) ? 'template' : 'syntax' }
  } catch (error) {
    // Nested too deeply for the composer of `yaml`, or aliases that expand without end.
    if (error instanceof RangeError || error instanceof TooManyNodes) {
      return { documents: [], unreadable: 'size' }
    }
    throw error
  }
}

class TooManyNodes extends Error {}

interface Conversion {
  readonly places: SourcePlaces
  left: number
}

function convert(
  node: Node | null | undefined,
  document: Document,
  state: Conversion,
  ancestors: readonly Node[],
): SourceNode {
  if (--state.left < 0) throw new TooManyNodes()
  const [from, to] = [node?.range?.[0] ?? 0, node?.range?.[1] ?? 0]
  const place = state.places.at(from, to)
  if (node === null || node === undefined || ancestors.includes(node)) return empty(place)
  if (isAlias(node)) {
    const target = node.resolve(document)
    return target === undefined ? empty(place) : convert(target, document, state, ancestors)
  }
  if (isScalar(node)) return convertScalar(node, place, state.places)
  const inner = [...ancestors, node]
  if (isSeq<Node>(node)) {
    const items = node.items.map(item => convert(item, document, state, inner))
    return { kind: 'list', items, place }
  }
  if (!isMap<Node, Node | null>(node)) return empty(place)
  if (isTemplate(node)) return { ...empty(place), value: '{{}}', source: '{{}}' }
  const entries = new Map<string, SourceMap['entries'][number]>()
  const merged: SourceMap['entries'][number][] = []
  for (const pair of node.items) {
    const key = convert(pair.key, document, state, inner)
    const value = convert(pair.value, document, state, inner)
    const name = key.kind === 'scalar' ? String(key.value ?? key.source) : ''
    if (name === '<<') merged.push(...mergedEntries(value))
    else entries.set(name, { key: name, keyPlace: key.place, value })
  }
  for (const entry of merged) if (!entries.has(entry.key)) entries.set(entry.key, entry)
  return { kind: 'map', entries: [...entries.values()], place, span: [from, to] }
}

/** An expression of a template language between two braces, which YAML takes for a mapping. */
function isTemplate({ flow, items }: YAMLMap<Node, Node | null>): boolean {
  return flow === true && items.length === 1 && isMap(items[0]?.key)
}

function mergedEntries(value: SourceNode): readonly SourceMap['entries'][number][] {
  if (value.kind === 'map') return value.entries
  return value.kind === 'list' ? value.items.flatMap(mergedEntries) : []
}

function convertScalar(
  node: Scalar,
  place: SourceScalar['place'],
  places: SourcePlaces,
): SourceScalar {
  const { value } = node
  const source = node.source ?? String(value)
  const scalar: SourceScalar = {
    kind: 'scalar',
    value: typeof value === 'object' || typeof value === 'bigint' ? source : (value as string),
    source,
    plain: node.type === Scalar.PLAIN && node.tag === undefined,
    place,
  }
  if (value === null) return { ...scalar, value: null }
  if (node.type !== Scalar.BLOCK_LITERAL) return scalar
  return { ...scalar, block: places.block(node.range?.[0] ?? 0, source) }
}

function empty(place: SourceScalar['place']): SourceScalar {
  return { kind: 'scalar', value: null, source: '', plain: true, place }
}
