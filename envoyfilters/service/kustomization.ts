import type { Configuration } from '../../config/index.js'
import type { Json } from '../../filters/index.js'
import { metadata } from './labels.js'
import type { Manifest } from './manifests.js'
import type { ServiceFiles } from './service-files.js'

/** Where the files of the ConfigMap lie beside kustomization.yaml. */
export const filesFolder = 'config'

/** Where the manifests lie beside kustomization.yaml. */
export const manifestsFolder = 'manifests'

/**
 * Makes the kustomization of the manifests: a base, or for the second container a component, which
 * is included where the authorization server's own workload is.
 *
 * The ConfigMap is made of the files themselves, so that an overlay can replace one, and keeps its
 * name: a changed policy is taken over by the pods that run, and replaces none.
 */
export function kustomization(
  configuration: Configuration,
  manifests: readonly Manifest[],
  patches: readonly Manifest[],
  { files }: ServiceFiles,
): { readonly [key: string]: Json } {
  const { name, namespace, labels } = metadata(configuration)
  const component = patches.length > 0
  return {
    apiVersion: component ? 'kustomize.config.k8s.io/v1alpha1' : 'kustomize.config.k8s.io/v1beta1',
    kind: component ? 'Component' : 'Kustomization',
    resources: manifests
      .filter(({ resources }) => !resources.some(({ kind }) => kind === 'ConfigMap'))
      .map(({ file }) => `${manifestsFolder}/${file}`),
    configMapGenerator: [
      {
        name,
        namespace,
        files: files.map(({ key, path }) => `${key}=${filesFolder}/${path}`),
        options: { disableNameSuffixHash: true, labels },
      },
    ],
    ...(component ? { patches: patches.map(({ file }) => ({ path: file })) } : {}),
  }
}
