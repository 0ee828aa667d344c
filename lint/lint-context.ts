import type { Configuration } from '../config/index.js'
import type { LintContext } from './context.js'
import { curityFile, curityTexts, isXml } from './curity/curity-text.js'
import { validationSecrets } from './envoy/downstream-tls.js'
import { fragment, isEnvoyDocument } from './envoy/fragment.js'
import { luaScripts } from './envoy/lua-scripts.js'
import { envoyFilterViews } from './istio/envoy-filter-view.js'
import { embeddedDocuments } from './kubernetes/embedded-documents.js'
import { meshConfigs, meshOf } from './kubernetes/mesh-config.js'
import { peerAuthentications } from './kubernetes/peer-authentication.js'
import { type Resource, resourcesOf } from './kubernetes/resource.js'
import { services } from './kubernetes/service.js'
import { workloadObjects } from './kubernetes/workload-object.js'
import { policyView } from './policy/policy-view.js'
import { valueAt } from './source/field.js'
import { readDocuments } from './source/read-documents.js'
import { type SourceNode, SourcePlaces } from './source/source-node.js'

/** A file's name and content. */
export interface LintedFile {
  readonly file: string
  readonly text: string
}

/** A file that has nothing in it for the linter, or nothing that it can read. */
export interface SkippedFile {
  readonly file: string
  readonly reason: 'other' | 'template' | 'syntax' | 'size'
}

/** The files as the rules see them. */
export interface ContextRead {
  readonly context: LintContext
  readonly read: readonly string[]
  readonly skipped: readonly SkippedFile[]
}

/** Reads files into what the rules look at. What is neither Kubernetes nor Envoy is skipped. */
export function lintContext(
  files: readonly LintedFile[],
  options: {
    readonly configurations?: readonly Configuration[]
    readonly governed?: ReadonlySet<string>
  },
): ContextRead {
  const sources = files.map(({ file, text }) => {
    if (isXml(text)) return { file, text, documents: [], resources: [], unreadable: undefined }
    const { documents, unreadable } = readDocuments(text, new SourcePlaces(file))
    const resources = documents.flatMap(document => resourcesOf(document, file))
    return { file, text, documents, resources, unreadable }
  })
  const resources = sources.flatMap(source => source.resources)
  const embedded = embeddedDocuments(resources)
  const documents = sources.flatMap(source => source.documents)
  const { configurations = [], governed = new Set<string>() } = options
  const texts = new Map(files.map(({ file, text }) => [file, text]))
  const envoyFilters = envoyFilterViews(resources)
  const fragments = [
    ...sources.flatMap(({ file, documents }) =>
      documents.filter(isEnvoyDocument).map(root => fragment(file, root)),
    ),
    ...embedded
      .filter(({ root }) => isEnvoyDocument(root))
      .map(({ resource, root }) => fragment(resource.file, root)),
    ...envoyFilters.flatMap(owner =>
      owner.patches
        .filter(({ current }) => current)
        .flatMap(patch =>
          patch.value === undefined ? [] : fragment(owner.resource.file, patch.value, patch, owner),
        ),
    ),
  ]
  const context: LintContext = {
    resources,
    policies: resources.filter(isPolicy).map(item => policyView(item, texts.get(item.file) ?? '')),
    services: services(resources),
    workloads: workloadObjects(resources),
    peerAuthentications: peerAuthentications(resources),
    mesh: meshOf(meshConfigs(resources, documents, embedded), configurations),
    envoyFilters,
    fragments,
    secrets: validationSecrets(fragments.flatMap(({ maps }) => maps)),
    scripts: luaScripts(fragments),
    embedded,
    curity: [...files.flatMap(curityFile), ...curityTexts(resources)],
    texts,
    governed,
    configurations,
  }
  const read = sources.filter(
    ({ file, resources, documents }) =>
      governed.has(file) ||
      context.curity.some(item => item.file === file) ||
      resources.length > 0 ||
      documents.some(isOfInterest),
  )
  const skipped = sources
    .filter(source => !read.includes(source))
    .map(({ file, unreadable }) => ({ file, reason: unreadable ?? ('other' as const) }))
  return { context, read: read.map(({ file }) => file), skipped }
}

function isPolicy({ group, kind }: Resource): boolean {
  return group === 'security.istio.io' && kind === 'AuthorizationPolicy'
}

function isOfInterest(document: SourceNode): boolean {
  return isEnvoyDocument(document) || valueAt(document, 'meshConfig') !== undefined
}
