import type { Configuration } from '../../config/index.js'
import type { Json } from '../../filters/index.js'
import { metadata } from './labels.js'

type Resource = { readonly [key: string]: Json }

/** Whose token the service has: as a second container it has the account of its pod. */
function accountOf({ service, authorizationServer }: Configuration) {
  return service.deployment === 'container'
    ? { name: authorizationServer.serviceAccount, namespace: authorizationServer.namespace }
    : { name: service.name, namespace: service.namespace }
}

/** Makes the service's own account: its identity in the mesh, without a token unless it needs one. */
export function serviceAccount(configuration: Configuration): Resource {
  return {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: metadata(configuration),
    automountServiceAccountToken: configuration.cluster !== undefined,
  }
}

const rules: Json = [
  {
    apiGroups: ['security.istio.io'],
    resources: ['authorizationpolicies'],
    verbs: ['get', 'list', 'watch'],
  },
]

const rbac = 'rbac.authorization.k8s.io'

/**
 * Makes the roles by which the service reads the AuthorizationPolicies of a cluster, and their
 * bindings: one in each namespace that it reads, or one for all. None when it reads files.
 */
export function policyReaders(configuration: Configuration): readonly Resource[] {
  const { service, cluster } = configuration
  if (cluster === undefined) return []
  const account = { kind: 'ServiceAccount', ...accountOf(configuration) }
  if (cluster.namespaces === 'all') {
    const name = `${service.namespace}-${service.name}-policies`
    const { namespace: _, ...own } = metadata(configuration, name)
    return [
      { apiVersion: `${rbac}/v1`, kind: 'ClusterRole', metadata: own, rules },
      {
        apiVersion: `${rbac}/v1`,
        kind: 'ClusterRoleBinding',
        metadata: own,
        roleRef: { apiGroup: rbac, kind: 'ClusterRole', name },
        subjects: [account],
      },
    ]
  }
  const name = `${service.name}-policies`
  return cluster.namespaces.flatMap(namespace => {
    const own = { ...metadata(configuration, name), namespace }
    return [
      { apiVersion: `${rbac}/v1`, kind: 'Role', metadata: own, rules },
      {
        apiVersion: `${rbac}/v1`,
        kind: 'RoleBinding',
        metadata: own,
        roleRef: { apiGroup: rbac, kind: 'Role', name },
        subjects: [account],
      },
    ]
  })
}
