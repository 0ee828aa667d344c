import type { Configuration } from '../../config/index.js'
import { mapsAt, scalarsOf, textAt, textOf, valueAt } from '../source/field.js'
import type { SourceMap, SourceNode } from '../source/source-node.js'
import type { Resource } from './resource.js'

/** What is known of the mesh as a whole. */
export interface Mesh {
  /** Undefined when no file says it; Istio's default is `cluster.local`. */
  readonly trustDomain: string | undefined
  readonly trustDomainAliases: readonly string[]
  readonly rootNamespace: string
  /** `pathNormalization.normalization`; undefined when no file says it. */
  readonly pathNormalization: string | undefined
  /** Every MeshConfig that the files hold. */
  readonly configs: readonly SourceMap[]
}

/**
 * Finds every MeshConfig: `spec.meshConfig` of an IstioOperator or an Istio object, `meshConfig` of
 * Helm values, and the text `mesh` in Istio's ConfigMap.
 */
export function meshConfigs(
  resources: readonly Resource[],
  documents: readonly SourceNode[],
  embedded: readonly { readonly key: string; readonly root: SourceNode }[],
): readonly SourceMap[] {
  const candidates = [
    ...resources.flatMap(({ node }) => [
      valueAt(node, 'spec', 'meshConfig'),
      valueAt(node, 'spec', 'values', 'meshConfig'),
    ]),
    ...documents.map(document => valueAt(document, 'meshConfig')),
    ...embedded.filter(({ key }) => key === 'mesh').map(({ root }) => root),
  ]
  return candidates.filter(node => node?.kind === 'map')
}

/** Reads what the MeshConfigs and sidecert.yaml say together; the first to say a thing wins. */
export function meshOf(
  configs: readonly SourceMap[],
  configurations: readonly Configuration[],
): Mesh {
  const [own] = configurations
  const first = (...path: readonly string[]) =>
    configs.map(config => textAt(config, ...path)).find(text => text !== undefined)
  const aliases = configs.flatMap(config => scalarsOf(valueAt(config, 'trustDomainAliases')))
  return {
    trustDomain: own?.trustDomain ?? first('trustDomain'),
    trustDomainAliases: own?.trustDomainAliases ?? aliases.flatMap(alias => textOf(alias) ?? []),
    rootNamespace: own?.rootNamespace ?? first('rootNamespace') ?? 'istio-system',
    pathNormalization: first('pathNormalization', 'normalization'),
    configs,
  }
}

/** The `extensionProviders` of a MeshConfig. */
export function extensionProviders(config: SourceMap): readonly SourceMap[] {
  return mapsAt(config, 'extensionProviders')
}
