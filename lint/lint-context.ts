import type { Configuration } from '../config/index.js'
import type { LintContext } from './context.js'
import { curityFile, curityTexts } from './curity/curity-text.js'
import { validationSecrets } from './envoy/downstream-tls.js'
import { fragment, isEnvoyDocument } from './envoy/fragment.js'
import { luaScripts } from './envoy/lua-scripts.js'
import { envoyFilterViews } from './istio/envoy-filter-view.js'
import { embeddedDocuments } from './kubernetes/embedded-documents.js'
import { meshConfigs, meshOf } from './kubernetes/mesh-config.js'
import { peerAuthentications } from './kubernetes/peer-authentication.js'
import type { Resource } from './kubernetes/resource.js'
import { services } from './kubernetes/service.js'
import { workloadObjects } from './kubernetes/workload-object.js'
import { policyView } from './policy/policy-view.js'
import type { Source } from './source/source.js'

/** Reads what files of one group say into what the rules look at. */
export function lintContext(
  sources: readonly Source[],
  configurations: readonly Configuration[],
  governed: ReadonlyMap<string, string>,
): LintContext {
  const resources = sources.flatMap(source => source.resources)
  const embedded = embeddedDocuments(resources)
  const documents = sources.flatMap(source => source.documents)
  const texts = new Map(sources.map(({ file, text }) => [file, text]))
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
  return {
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
    curity: [...sources.flatMap(curityFile), ...curityTexts(resources)],
    texts,
    governed,
    configurations,
  }
}

function isPolicy({ group, kind }: Resource): boolean {
  return group === 'security.istio.io' && kind === 'AuthorizationPolicy'
}
