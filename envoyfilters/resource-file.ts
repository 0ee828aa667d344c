import type { Configuration } from '../config/index.js'
import type { Json } from '../filters/index.js'
import { heading } from './heading.js'
import type { GeneratedFile } from './part.js'
import { yamlText } from './yaml-text.js'

/** A Kubernetes resource. */
export type Resource = { readonly [key: string]: Json }

/** A Kubernetes resource with the comment above it. */
export interface DescribedResource {
  readonly resource: Resource
  readonly about?: string
}

/**
 * Writes resources as one YAML file, in the order in which they are to be applied.
 *
 * @param about - what the file is, as lines of the comment above it
 */
export function resourceFile(
  configuration: Configuration,
  path: string,
  about: readonly string[],
  resources: readonly DescribedResource[],
): GeneratedFile {
  const documents = resources.map(({ resource, about = '' }) => yamlText(resource, about))
  const first = `${commented(heading(configuration, ...about))}\n\n`
  return { path, content: first + documents.join('---\n') }
}

/** Writes a YAML file that is not a Kubernetes resource: values of a Helm chart, or settings. */
export function valuesFile(
  configuration: Configuration,
  path: string,
  about: readonly string[],
  values: Resource,
): GeneratedFile {
  return { path, content: yamlText(values, heading(configuration, ...about)) }
}

function commented(text: string): string {
  return text.replaceAll(/^/gm, '# ').replaceAll(/ +$/gm, '')
}
