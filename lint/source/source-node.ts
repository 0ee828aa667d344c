import type { LineCounter } from 'yaml'
import type { Place, YamlScalar } from '../../policy/index.js'

/** A value of a file with its place: like `YamlNode` of policy/, and with what embedded texts need. */
export type SourceNode = SourceMap | SourceList | SourceScalar

/** A mapping; of a key that occurs twice the last one. */
export interface SourceMap {
  readonly kind: 'map'
  readonly entries: readonly SourceEntry[]
  readonly place: Place
  /** The offsets in the text that it stands in. */
  readonly span: readonly [from: number, to: number]
}

/** One key of a mapping with its value. */
export interface SourceEntry {
  readonly key: string
  readonly keyPlace: Place
  readonly value: SourceNode
}

/** A sequence. */
export interface SourceList {
  readonly kind: 'list'
  readonly items: readonly SourceNode[]
  readonly place: Place
}

/** A scalar. */
export interface SourceScalar extends YamlScalar {
  /** Of a literal block (`|`): where the text that it holds stands in the file. */
  readonly block?: BlockOrigin
}

/** Where an embedded text starts: its first line, and how far its lines are indented. */
export interface BlockOrigin {
  readonly line: number
  readonly indent: number
}

/** Turns offsets of a text into places of the file that the text stands in. */
export class SourcePlaces {
  readonly #file: string
  readonly #origin: BlockOrigin
  readonly #lines: LineCounter | undefined
  readonly #text: string

  /** @param origin - where in the file the text starts; without it, the text is the file */
  constructor(
    file: string,
    origin: BlockOrigin = { line: 1, indent: 0 },
    lines?: LineCounter,
    text = '',
  ) {
    this.#file = file
    this.#origin = origin
    this.#lines = lines
    this.#text = text
  }

  /** The same for a text whose lines have been counted. */
  withLines(lines: LineCounter, text: string): SourcePlaces {
    return new SourcePlaces(this.#file, this.#origin, lines, text)
  }

  /** The place of a range of offsets. */
  at(from: number, to: number): Place {
    const begin = this.#lines?.linePos(from) ?? { line: 1, col: 1 }
    const end = this.#lines?.linePos(to) ?? begin
    const place = this.line(Math.max(begin.line, 1), Math.max(begin.col, 1))
    return end.line === begin.line && to > from
      ? { ...place, endColumn: end.col + this.#origin.indent }
      : place
  }

  /** The place of a line and column of the text, both counted from 1. */
  line(line: number, column: number): Place {
    const { line: first, indent } = this.#origin
    return { file: this.#file, line: first + line - 1, column: column + indent }
  }

  /** Where the content of a literal block stands whose header is at an offset. */
  block(offset: number, content: string): BlockOrigin {
    const header = this.#lines?.linePos(offset).line ?? 1
    const inner = content.split('\n')
    const first = Math.max(
      inner.findIndex(line => line.trim() !== ''),
      0,
    )
    const start = this.#lines?.lineStarts[header + first] ?? this.#text.length
    const end = this.#text.indexOf('\n', start)
    const outer = this.#text.slice(start, end === -1 ? undefined : end)
    const indent = Math.max(0, leading(outer) - leading(inner[first] ?? ''))
    return { line: this.#origin.line + header, indent: this.#origin.indent + indent }
  }
}

function leading(line: string): number {
  return line.length - line.trimStart().length
}
