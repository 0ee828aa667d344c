import { stringify } from 'yaml'
import type { Caller, Configuration } from './configuration.js'
import type { SourceFile } from './load-configuration.js'

/**
 * Writes the policy that `clients`, `apis` and `gateways` of sidecert.yaml stand for: one ALLOW
 * policy for the authorization server's pods, as YAML for the reader that reads all the others.
 *
 * Clients and APIs may call the OAuth endpoints, gateways every path: whoever is named in the file
 * is expected to work, and a browser behind a gateway needs the pages too. It is an ALLOW policy, so
 * policies of one's own add callers beside it, and a DENY policy takes from it; to allow a client
 * less than the OAuth endpoints, set `authorizationServer.paths` or write a DENY policy.
 *
 * Callers are named by principal with the trust domain first and in full: the service account alone
 * would match in every trust domain that is trusted. Without any caller there is no policy, so that
 * `service.whenNoPolicy` and one's own policies decide alone.
 */
export function impliedPolicies(configuration: Configuration): SourceFile | undefined {
  const { authorizationServer, clients, apis, gateways } = configuration
  const endpoints = rule([...clients, ...apis], authorizationServer.paths)
  const everything = rule(gateways)
  const rules = [...endpoints, ...everything]
  if (rules.length === 0) return undefined
  const policy = {
    apiVersion: 'security.istio.io/v1',
    kind: 'AuthorizationPolicy',
    metadata: { name: 'sidecert-callers', namespace: authorizationServer.namespace },
    spec: { selector: { matchLabels: authorizationServer.labels }, action: 'ALLOW', rules },
  }
  // Kubernetes reads YAML 1.1, in which a namespace `on` is no string without quotes.
  const text = stringify(policy, { version: '1.1', lineWidth: 0 })
  return { file: `${configuration.file}#callers`, text }
}

function rule(callers: readonly Caller[], paths?: readonly string[]): readonly object[] {
  if (callers.length === 0) return []
  const principals = [...new Set(callers.map(principal))].sort()
  const from = [{ source: { principals } }]
  return paths === undefined ? [{ from }] : [{ from, to: [{ operation: { paths } }] }]
}

/** A principal of Istio is a SPIFFE ID without its scheme. */
function principal({ spiffeId }: Caller): string {
  return spiffeId.slice('spiffe://'.length)
}
