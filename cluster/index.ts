/** AuthorizationPolicy objects of a running cluster, through the Kubernetes API. */
export { ClusterError, type ClusterErrorCode } from './cluster-error.js'
export { ClusterPolicies, type ClusterPoliciesOptions } from './cluster-policies.js'
export type { ClusterSettings } from './cluster-settings.js'
export { type ClusterStatus, clusterStatusLines, type NamespaceStatus } from './cluster-status.js'
export { listClusterPolicies } from './list-cluster-policies.js'
