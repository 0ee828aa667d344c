/** sidecert.yaml into resources: EnvoyFilters for Istio, static configuration for plain Envoy. */
export { serverCluster, serviceCluster, workloadApiCluster } from './clusters.js'
export type { SecretFile } from './downstream-tls.js'
export { type EnvoyFilterResource, envoyFilter } from './envoy-filter.js'
export { type GenerateOptions, generate, type PartName, partNames } from './generate.js'
export {
  type AccessGraph,
  accessGraph,
  type GraphCaller,
  type GraphEdge,
  type GraphWorkload,
} from './graph/access-graph.js'
export { mermaid } from './graph/mermaid.js'
export type { CopiedFile, Generated, GeneratedFile } from './part.js'
export { serviceManifests } from './service/service-manifests.js'
export { type StaticEnvoy, staticEnvoy } from './static-envoy.js'
export { yamlText } from './yaml-text.js'
