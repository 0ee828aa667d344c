/** sidecert.yaml into resources: EnvoyFilters for Istio, static configuration for plain Envoy. */
export { serverCluster, serviceCluster, workloadApiCluster } from './clusters.js'
export type { SecretFile } from './downstream-tls.js'
export { type EnvoyFilterResource, envoyFilter } from './envoy-filter.js'
export { type Generated, type GeneratedFile, type GenerateOptions, generate } from './generate.js'
export { type StaticEnvoy, staticEnvoy } from './static-envoy.js'
export { yamlText } from './yaml-text.js'
