import type { Workload } from './workload.js'

/** The metadata key that carries the namespace of the workload that a request is for. */
export const namespaceKey = 'x-sidecert-namespace'
/** The metadata key that carries its labels: `key=value` pairs joined by commas. */
export const labelsKey = 'x-sidecert-labels'

const namespaceForm = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/
const labelForm =
  /^((?:[a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?\/)?[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)=((?:[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?)$/

/**
 * Reads from a call's gRPC metadata which workload the request is for, as the generated ext_authz
 * filter says it; `fallback` (`service.workload`) when the filter says nothing.
 *
 * `undefined` when what it says is incomplete, repeated or malformed: the policies that apply are
 * then unknown, and the request must be denied. Forms are those of Kubernetes names and labels.
 */
export function requestedWorkload(
  values: (key: string) => readonly string[],
  fallback: Workload,
): Workload | undefined {
  const namespaces = values(namespaceKey)
  const labelLists = values(labelsKey)
  if (namespaces.length === 0 && labelLists.length === 0) return fallback
  const [namespace] = namespaces
  if (namespaces.length !== 1 || namespace === undefined || !namespaceForm.test(namespace)) {
    return undefined
  }
  if (labelLists.length > 1) return undefined
  const labels = parseLabels(labelLists[0] ?? '')
  return labels === undefined ? undefined : { namespace, labels }
}

/**
 * Writes what {@link requestedWorkload} reads: the metadata that the generated filter sends with each
 * call, labels sorted by key.
 */
export function workloadMetadata({
  namespace,
  labels,
}: Workload): readonly { readonly key: string; readonly value: string }[] {
  const pairs = Object.entries(labels).map(([key, value]) => `${key}=${value}`)
  return [
    { key: namespaceKey, value: namespace },
    { key: labelsKey, value: pairs.sort().join(',') },
  ]
}

function parseLabels(text: string): Record<string, string> | undefined {
  const labels = new Map<string, string>()
  if (text === '') return {}
  for (const pair of text.split(',')) {
    const [, key, value] = labelForm.exec(pair) ?? []
    if (key === undefined || value === undefined || labels.has(key)) return undefined
    labels.set(key, value)
  }
  return Object.fromEntries(labels)
}
