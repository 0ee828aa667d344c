import type { Configuration } from '../../config/index.js'
import type { Json } from '../../filters/index.js'
import { metadata } from './labels.js'
import type { ServiceFiles } from './service-files.js'
import type { ServiceSettings } from './settings.js'

/** Makes the ConfigMap of sidecert.yaml as it was given and of every file that it names. */
export function configMap(
  configuration: Configuration,
  { files }: ServiceFiles,
  settings: ServiceSettings,
): { readonly [key: string]: Json } {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: metadata(configuration),
    data: Object.fromEntries(files.map(({ key, path }) => [key, settings.text(path)])),
  }
}
