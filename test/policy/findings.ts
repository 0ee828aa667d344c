import { hasErrors, readAuthorizationPolicies } from '../../policy/index.js'

/** What is said about a text: code, place, message and mend, a line each. */
export function findings(text: string, defaultNamespace?: string): readonly string[] {
  const options = defaultNamespace === undefined ? {} : { defaultNamespace }
  const { policies, diagnostics } = readAuthorizationPolicies(text, 'p.yaml', options)
  if (hasErrors(diagnostics) && policies.length > 0) throw new Error('a broken policy was read')
  return diagnostics.map(({ code, message, hint, place }) => {
    return `${code} ${place?.line}:${place?.column} ${message}. ${hint}`
  })
}

/** The head of a policy, up to its spec. */
export const head = `apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata:
  name: token
  namespace: curity
`
