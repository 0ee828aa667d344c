import type { PolicyFile } from '../policy/index.js'
import { findApiServer } from './api-server.js'
import type { ClusterSettings } from './cluster-settings.js'
import { listPolicies } from './list-policies.js'

/**
 * Reads the AuthorizationPolicy objects of a cluster once, as texts named `cluster:NAMESPACE/NAME` and
 * sorted by that name.
 *
 * @throws {ClusterError}
 */
export async function listClusterPolicies(
  settings: ClusterSettings,
  environment?: NodeJS.ProcessEnv,
): Promise<readonly PolicyFile[]> {
  const server = findApiServer(settings, environment)
  const names = settings.namespaces === 'all' ? [undefined] : settings.namespaces
  const all: PolicyFile[] = []
  for (const namespace of names) {
    const { signal } = new AbortController()
    const { policies } = await listPolicies(server, namespace, signal)
    for (const { file, text } of policies.values()) all.push({ file, text })
  }
  return all.sort((one, other) => (one.file < other.file ? -1 : 1))
}
