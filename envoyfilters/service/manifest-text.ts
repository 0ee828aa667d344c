import type { Json } from '../../filters/index.js'
import { yamlText } from '../yaml-text.js'

/** Writes the resources of one file, one document each. */
export function manifestText(
  resources: readonly { readonly [key: string]: Json }[],
  heading: string,
): string {
  const [first = {}, ...rest] = resources
  return [yamlText(first, heading), ...rest.map(resource => yamlText(resource, ''))].join('---\n')
}
