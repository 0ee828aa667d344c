import { LineCounter } from 'yaml'
import type { Resource } from '../kubernetes/resource.js'
import { valueAt } from '../source/field.js'
import { SourcePlaces } from '../source/source-node.js'
import { readXml, type XmlRead } from './xml.js'

/** A configuration of the Curity Identity Server, in a file or in a ConfigMap. */
export interface CurityText {
  readonly file: string
  readonly xml: XmlRead
  readonly places: SourcePlaces
}

/** Tells whether a text is XML, which is no YAML and no JSON. */
export function isXml(text: string): boolean {
  return /^\s*</.test(text)
}

/** Reads a file that is Curity's configuration. */
export function curityFile(source: {
  readonly file: string
  readonly text: string
}): readonly CurityText[] {
  const { file, text } = source
  return isXml(text) ? read(file, text, new SourcePlaces(file)) : []
}

/** Reads Curity's configuration out of ConfigMaps. */
export function curityTexts(resources: readonly Resource[]): readonly CurityText[] {
  return resources
    .filter(({ group, kind }) => group === '' && kind === 'ConfigMap')
    .flatMap(({ node, file }) => {
      const data = valueAt(node, 'data')
      if (data?.kind !== 'map') return []
      return data.entries.flatMap(({ value }) => {
        if (value.kind !== 'scalar' || typeof value.value !== 'string') return []
        const origin = value.block ?? { line: value.place.line, indent: value.place.column - 1 }
        return isXml(value.value) ? read(file, value.value, new SourcePlaces(file, origin)) : []
      })
    })
}

function read(file: string, text: string, places: SourcePlaces): readonly CurityText[] {
  if (!/curity\.se\/ns\/conf|tail-f\.com\/ns\/config/.test(text)) return []
  const lines = new LineCounter()
  lines.addNewLine(0)
  for (const { index } of text.matchAll(/\n/g)) lines.addNewLine(index + 1)
  return [{ file, xml: readXml(text), places: places.withLines(lines, text) }]
}
