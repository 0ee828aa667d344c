import type { ClusterError } from './cluster-error.js'

/** How the copy of one namespace stands. Times are milliseconds since the epoch. */
export interface NamespaceStatus {
  /** Or `*` for all of them. */
  readonly namespace: string
  /** How many policies it has; undefined: it has not been listed yet. */
  readonly policies: number | undefined
  /** Since when the copy may be out of date, and why. */
  readonly trouble: { readonly since: number; readonly error: ClusterError } | undefined
}

/** How the copy of the cluster's policies stands. */
export interface ClusterStatus {
  readonly namespaces: readonly NamespaceStatus[]
}

/** Tells the state in lines for people; nothing when all is well. */
export function clusterStatusLines({ namespaces }: ClusterStatus): readonly string[] {
  return namespaces.flatMap(({ namespace, trouble, policies }) => {
    if (trouble === undefined) return []
    const { since, error } = trouble
    const state = policies === undefined ? 'not read' : 'may be out of date'
    const where = namespace === '*' ? 'all namespaces' : `namespace ${namespace}`
    const time = new Date(since).toISOString()
    return `policies of ${where} ${state} since ${time}: ${error.message}. ${error.hint}`
  })
}
