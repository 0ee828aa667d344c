import { valueAt } from '../source/field.js'
import { readDocuments } from '../source/read-documents.js'
import { type SourceNode, SourcePlaces } from '../source/source-node.js'
import type { Resource } from './resource.js'

/** A YAML or JSON text that a ConfigMap holds, read, with places in the file around it. */
export interface EmbeddedDocument {
  readonly resource: Resource
  /** Its name in the ConfigMap. */
  readonly key: string
  readonly root: SourceNode
}

/** Reads the YAML and JSON that ConfigMaps hold: `*.yaml`, `*.yml`, `*.json`, and Istio's `mesh`. */
export function embeddedDocuments(resources: readonly Resource[]): readonly EmbeddedDocument[] {
  return resources
    .filter(({ group, kind }) => group === '' && kind === 'ConfigMap')
    .flatMap(resource => {
      const data = valueAt(resource.node, 'data')
      if (data?.kind !== 'map') return []
      return data.entries
        .filter(({ key }) => /\.(?:ya?ml|json)$|^mesh$/.test(key))
        .flatMap(({ key, value }) => {
          if (value.kind !== 'scalar' || typeof value.value !== 'string') return []
          const places = new SourcePlaces(
            resource.file,
            value.block ?? { line: value.place.line, indent: value.place.column - 1 },
          )
          return readDocuments(value.value, places).documents.map(root => ({ resource, key, root }))
        })
    })
}
