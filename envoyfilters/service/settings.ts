import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { Configuration } from '../../config/index.js'
import type { Json } from '../../filters/index.js'
import type { ServiceFiles } from './service-files.js'

/** Hexadecimal digits of the checksum. */
export const checksumLength = 16

/**
 * What a chart's values set and plain manifests have as it is here. Each is a value or, in a chart's
 * template, what stands for one.
 */
export interface ServiceSettings {
  readonly image: Json
  readonly imagePullPolicy: Json
  readonly minReplicas: Json
  readonly maxReplicas: Json
  /** Requests and limits of the container. */
  readonly resources: Json
  /** Changes when sidecert.yaml does, so that the pods are replaced. */
  readonly checksum: Json
  /** The text of each file of the ConfigMap, by its path. */
  readonly text: (path: string) => Json
}

/**
 * Gives the settings of plain manifests: the image of the same version as this package.
 *
 * The checksum is of sidecert.yaml alone. Policies and trust bundles are taken over while the
 * service runs, and replace no pod.
 */
export function serviceSettings(
  { service }: Configuration,
  { files, main }: ServiceFiles,
): ServiceSettings {
  const texts = new Map(files.map(({ path, text }) => [path, text]))
  const text = (path: string) => texts.get(path) ?? ''
  return {
    image: service.image ?? `sidecert:${packageVersion()}`,
    imagePullPolicy: 'IfNotPresent',
    minReplicas: 2,
    maxReplicas: 10,
    // No limit of CPU: a decision that waits for its share of a core is an outage of the server.
    resources: { requests: { cpu: '100m', memory: '128Mi' }, limits: { memory: '256Mi' } },
    checksum: createHash('sha256').update(text(main)).digest('hex').slice(0, checksumLength),
    text,
  }
}

/** Gives the version of this package, which is the one of its image too. */
export function packageVersion(): string {
  const manifest = new URL('../../../package.json', import.meta.url)
  return (JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }).version
}
