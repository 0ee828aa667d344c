import type { Place } from '../../policy/index.js'
import { entryAt, itemsOf, labelsAt, textAt } from '../source/field.js'
import type { SourceMap, SourceNode } from '../source/source-node.js'

/** One Kubernetes object of a file. */
export interface Resource {
  readonly file: string
  /** Without its version, such as `networking.istio.io`; empty for the core group. */
  readonly group: string
  /** Empty when the object has none. */
  readonly kind: string
  readonly name: string
  /** Undefined when it stands in the namespace that `kubectl` is told. */
  readonly namespace: string | undefined
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
  readonly node: SourceMap
  /** Where its name stands, or it itself. */
  readonly place: Place
}

/** Finds the Kubernetes objects of a document: itself, or the items of a List. */
export function resourcesOf(node: SourceNode, file: string): readonly Resource[] {
  if (node.kind !== 'map') return []
  const version = textAt(node, 'apiVersion')
  if (version === undefined) return []
  const kind = textAt(node, 'kind') ?? ''
  const items = entryAt(node, 'items')
  if (kind.endsWith('List') && items?.value.kind === 'list') {
    return itemsOf(items.value).flatMap(item => resourcesOf(item, file))
  }
  const metadata = entryAt(node, 'metadata')
  if (metadata === undefined) return []
  const namespace = textAt(metadata.value, 'namespace')
  return [
    {
      file,
      group: version.includes('/') ? (version.split('/')[0] ?? '') : '',
      kind,
      name: textAt(metadata.value, 'name') ?? '',
      namespace: namespace === '' ? undefined : namespace,
      labels: labelsAt(metadata.value, 'labels'),
      annotations: labelsAt(metadata.value, 'annotations'),
      node,
      place: entryAt(metadata.value, 'name')?.value.place ?? node.place,
    },
  ]
}

/**
 * Tells whether two objects stand in one namespace for certain: both name it, or neither does and
 * they stand in one folder, to be applied together.
 */
export function sameNamespace(
  one: Pick<Resource, 'namespace' | 'file'>,
  other: Pick<Resource, 'namespace' | 'file'>,
): boolean {
  if (one.namespace !== other.namespace) return false
  return one.namespace !== undefined || folderOf(one.file) === folderOf(other.file)
}

function folderOf(file: string): string {
  return file.slice(0, file.lastIndexOf('/') + 1)
}
