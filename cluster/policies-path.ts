/**
 * Gives the path of the AuthorizationPolicies of a namespace, or of all, in the Kubernetes API.
 *
 * @param query in its order
 */
export function policiesPath(
  namespace: string | undefined,
  query: Readonly<Record<string, string>>,
): string {
  const within = namespace === undefined ? '' : `/namespaces/${encodeURIComponent(namespace)}`
  return `/apis/security.istio.io/v1${within}/authorizationpolicies?${new URLSearchParams(query)}`
}
