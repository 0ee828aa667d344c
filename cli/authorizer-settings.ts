import type { Configuration } from '../config/index.js'
import type { AuthorizerSettings } from '../ext-authz/index.js'
import type { AuthorizationPolicy } from '../policy/index.js'
import { loadTrustBundles } from './load.js'

/** Gives the service's settings as sidecert.yaml has them, trust bundles loaded. */
export async function authorizerSettings(
  configuration: Configuration,
  policies: readonly AuthorizationPolicy[],
): Promise<AuthorizerSettings> {
  const { service, authorizationServer } = configuration
  return {
    ...configuration,
    policies,
    whenNoPolicy: service.whenNoPolicy,
    workload: service.workload,
    header: authorizationServer.header.name,
    trustBundles: await loadTrustBundles(configuration),
  }
}
