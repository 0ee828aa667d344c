/** The workload that a request is for: what a policy's namespace and selector are held against. */
export interface Workload {
  readonly namespace: string
  readonly labels: Readonly<Record<string, string>>
}

/** A workload identity in Kubernetes terms: a namespace and a service account in it. */
export interface ServiceAccountRef {
  readonly namespace: string
  readonly serviceAccount: string
}

/**
 * Tells whether a selector's `matchLabels` select a workload: every label of the selector is a
 * label of the workload with the same value. An empty selector selects every workload.
 */
export function selects(
  matchLabels: Readonly<Record<string, string>>,
  labels: Readonly<Record<string, string>>,
): boolean {
  return Object.entries(matchLabels).every(
    ([key, value]) => Object.hasOwn(labels, key) && labels[key] === value,
  )
}
