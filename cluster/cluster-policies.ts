import type { PolicyFile } from '../policy/index.js'
import { findApiServer } from './api-server.js'
import type { BackoffTimings } from './backoff.js'
import type { ClusterError } from './cluster-error.js'
import type { ClusterSettings } from './cluster-settings.js'
import type { ClusterStatus, NamespaceStatus } from './cluster-status.js'
import { PolicyFeed } from './policy-feed.js'

/** What a {@link ClusterPolicies} needs beside its settings. */
export interface ClusterPoliciesOptions {
  /** Called when the policies are others than before. */
  readonly onChange: () => void
  /** Called when a namespace cannot be read any more, and with undefined when it can again. */
  readonly onTrouble?: (namespace: string, trouble: ClusterError | undefined) => void
  readonly environment?: NodeJS.ProcessEnv
  readonly backoff?: BackoffTimings
}

interface Member {
  readonly namespace: string
  readonly feed: PolicyFeed
  troubledSince: number | undefined
}

/**
 * Keeps a copy of the AuthorizationPolicy objects of a cluster, for as long as it runs.
 *
 * The pod's service account needs `get`, `list` and `watch` on `authorizationpolicies` of the API
 * group `security.istio.io`: by a Role and a RoleBinding in each of the namespaces, the root
 * namespace among them, or for all namespaces by a ClusterRole and a ClusterRoleBinding:
 *
 * ```yaml
 * apiVersion: rbac.authorization.k8s.io/v1
 * kind: Role
 * metadata: {name: sidecert, namespace: curity}
 * rules:
 *   - apiGroups: [security.istio.io]
 *     resources: [authorizationpolicies]
 *     verbs: [get, list, watch]
 * ---
 * apiVersion: rbac.authorization.k8s.io/v1
 * kind: RoleBinding
 * metadata: {name: sidecert, namespace: curity}
 * roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: sidecert}
 * subjects: [{kind: ServiceAccount, name: sidecert, namespace: curity}]
 * ```
 */
export class ClusterPolicies {
  readonly #members: readonly Member[]

  /** @throws {ClusterError} `not-in-a-cluster` */
  constructor(settings: ClusterSettings, options: ClusterPoliciesOptions) {
    const { environment, onChange, onTrouble, backoff = { least: 500, most: 30_000 } } = options
    const server = findApiServer(settings, environment)
    const names = settings.namespaces === 'all' ? ['*'] : settings.namespaces
    this.#members = names.map(namespace => {
      const told = (trouble: ClusterError | undefined) => {
        member.troubledSince = trouble && (member.troubledSince ?? Date.now())
        onTrouble?.(namespace, trouble)
      }
      const listener = { onChange, onTrouble: told }
      const only = namespace === '*' ? undefined : namespace
      const feed = new PolicyFeed(server, only, listener, backoff)
      const member: Member = { namespace, feed, troubledSince: undefined }
      return member
    })
  }

  /**
   * The policies as texts named `cluster:NAMESPACE/NAME`, sorted by that name; undefined until each
   * namespace has been listed once.
   */
  get policies(): readonly PolicyFile[] | undefined {
    const all: PolicyFile[] = []
    for (const { feed } of this.#members) {
      if (feed.policies === undefined) return undefined
      for (const { file, text } of feed.policies.values()) all.push({ file, text })
    }
    return all.sort((one, other) => (one.file < other.file ? -1 : 1))
  }

  /** How the copy stands. */
  get status(): ClusterStatus {
    return { namespaces: this.#members.map(statusOf) }
  }

  /** Ends it. */
  async stop(): Promise<void> {
    await Promise.all(this.#members.map(({ feed }) => feed.stop()))
  }
}

function statusOf({ namespace, feed, troubledSince }: Member): NamespaceStatus {
  const { trouble, policies } = feed
  return {
    namespace,
    policies: policies?.size,
    trouble:
      trouble === undefined ? undefined : { since: troubledSince ?? Date.now(), error: trouble },
  }
}
