import type { Configuration } from '../config/index.js'
import type { AuthorizerSettings, TrustBundles } from '../ext-authz/index.js'
import type { AuthorizationPolicy } from '../policy/index.js'
import { loadTrustBundles } from './load.js'

/** Gives the service's settings as sidecert.yaml has them, trust bundles loaded. */
export async function authorizerSettings(
  configuration: Configuration,
  policies: readonly AuthorizationPolicy[],
): Promise<AuthorizerSettings> {
  return settingsWith(configuration, policies, await loadTrustBundles(configuration))
}

/** Gives the service's settings as sidecert.yaml has them, with trust bundles that are there. */
export function settingsWith(
  configuration: Configuration,
  policies: readonly AuthorizationPolicy[],
  trustBundles: TrustBundles | undefined,
): AuthorizerSettings {
  const { service, authorizationServer, cluster } = configuration
  return {
    ...configuration,
    policies,
    namespaces:
      cluster === undefined || cluster.namespaces === 'all' ? undefined : cluster.namespaces,
    whenNoPolicy: service.whenNoPolicy,
    dryRun: service.dryRun,
    workload: service.workload,
    header: authorizationServer.header.name,
    trustBundles,
  }
}
