import type { Resource } from '../resource-file.js'

/**
 * Makes a namespace. Sidecars are asked for pod by pod and not by a label here, so that jobs of the
 * same namespace end when their work is done.
 */
export function namespace(name: string): Resource {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name } }
}
