import { isXml } from '../curity/curity-text.js'
import { isEnvoyDocument } from '../envoy/fragment.js'
import { type Resource, resourcesOf } from '../kubernetes/resource.js'
import { valueAt } from './field.js'
import { readDocuments } from './read-documents.js'
import { type SourceNode, SourcePlaces } from './source-node.js'

/** A file's name and content. */
export interface LintedFile {
  readonly file: string
  readonly text: string
  /**
   * What is applied together has one group, such as the folder that it stands in: only within it does
   * one file explain another.
   */
  readonly group?: string
}

/** A file that has nothing in it for the linter, or nothing that it can read. */
export interface SkippedFile {
  readonly file: string
  readonly reason: 'other' | 'template' | 'syntax' | 'size'
}

/** A file, read. */
export interface Source extends LintedFile {
  readonly documents: readonly SourceNode[]
  readonly resources: readonly Resource[]
  /** Undefined when there is something in it for the linter. */
  readonly skipped: SkippedFile['reason'] | undefined
}

/** Reads a file. What is neither Kubernetes nor Envoy nor Curity's is to be skipped. */
export function readSource(linted: LintedFile): Source {
  const { file, text } = linted
  if (isXml(text)) {
    const skipped = /curity\.se|tail-f\.com/.test(text) ? undefined : 'other'
    return { ...linted, documents: [], resources: [], skipped }
  }
  const { documents, unreadable } = readDocuments(text, new SourcePlaces(file))
  const resources = documents.flatMap(document => resourcesOf(document, file))
  const isOfInterest = resources.length > 0 || documents.some(isEnvoyOrMesh)
  return {
    ...linted,
    documents,
    resources,
    skipped: isOfInterest ? undefined : (unreadable ?? 'other'),
  }
}

function isEnvoyOrMesh(document: SourceNode): boolean {
  return isEnvoyDocument(document) || valueAt(document, 'meshConfig') !== undefined
}

/**
 * Puts files together that explain one another. Files that define one and the same object are for
 * different clusters, so that each file of such a group stands alone.
 *
 * @param governed - files that a sidecert.yaml names, which belong together with it in any case
 */
export function sourceGroups(
  sources: readonly Source[],
  governed: ReadonlyMap<string, string>,
): readonly (readonly Source[])[] {
  const groups = new Map<string, Source[]>()
  for (const source of sources) {
    const owner = governed.get(source.file)
    const key = owner === undefined ? `group ${source.group ?? ''}` : `governed ${owner}`
    groups.set(key, [...(groups.get(key) ?? []), source])
  }
  return [...groups].flatMap(([key, group]) =>
    key.startsWith('governed ') || !haveRivals(group) ? [group] : group.map(source => [source]),
  )
}

function haveRivals(sources: readonly Source[]): boolean {
  const owners = new Map<string, string>()
  return sources.some(({ file, resources }) =>
    resources.some(({ group, kind, namespace, name }) => {
      const id = JSON.stringify([group, kind, namespace, name])
      const owner = owners.get(id) ?? file
      owners.set(id, owner)
      return owner !== file && name !== ''
    }),
  )
}
