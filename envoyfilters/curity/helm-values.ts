import { type Configuration, type CuritySettings, curityFullName } from '../../config/index.js'
import { serviceAnnotations } from '../istio/gateway-routes.js'
import { podAnnotations } from '../istio/pod-template.js'
import { sidecarLabel } from '../kubernetes/client-deployment.js'
import type { Resource } from '../resource-file.js'

/** What the pods of the server get their files and variables from, made by the deployment script. */
export const mounted = {
  /** ConfigMap of the server's own configuration, which is the user's. */
  ownConfiguration: 'idsvr-config',
  /** ConfigMap of the generated XML. */
  generated: 'sidecert-config',
  /** ConfigMap of token procedures. */
  procedures: 'sidecert-procedures',
  /** Secret of licence and password. */
  secrets: 'idsvr-secrets',
  /** Secret of the authorities that the trust store names by parameters. */
  authorities: 'sidecert-authorities',
} as const

/** A file of the server's folder `etc/init`: its key in a ConfigMap, and its path there. */
export interface InitFile {
  readonly key: string
  readonly path: string
}

/**
 * Makes the values of Curity's Helm chart.
 *
 * The chart's `extraEnv` prints `value` and `valueFrom` alone, hence whole Secrets
 * (`environmentVariableSecrets`) for what the configuration takes from the environment.
 *
 * @param generated - the generated XML files
 * @param procedures - the token procedures that are files
 */
export function curityValues(
  configuration: Configuration,
  curity: CuritySettings,
  generated: readonly InitFile[],
  procedures: readonly InitFile[],
): Resource {
  const { authorizationServer: server } = configuration
  const sidecar = { [sidecarLabel]: curity.mutualTls === 'direct' ? 'false' : 'true' }
  const annotations = serviceAnnotations(configuration)
  const secrets = [
    mounted.secrets,
    ...(curity.trustStore === 'parameterized' ? [mounted.authorities] : []),
  ]
  return {
    ...(server.name === curityFullName(server.release ?? '')
      ? {}
      : { fullnameOverride: server.name }),
    replicaCount: 1,
    ...(curity.version === undefined ? {} : { image: { tag: curity.version } }),
    curity: {
      adminUiHttp: true,
      admin: {
        podLabels: sidecar,
        serviceAccount: { name: curity.admin.serviceAccount },
      },
      runtime: {
        podLabels: sidecar,
        ...podAnnotations(configuration),
        serviceAccount: { name: server.serviceAccount },
        deployment: { port: server.port },
        service: {
          port: server.port,
          ...(Object.keys(annotations).length === 0 ? {} : { annotations }),
        },
      },
      config: {
        uiEnabled: true,
        environmentVariableSecrets: secrets,
        configuration: [
          configMap(mounted.ownConfiguration, [
            { key: mounted.ownConfiguration, path: 'curity-config.xml' },
          ]),
          configMap(mounted.generated, generated),
          ...(procedures.length === 0 ? [] : [configMap(mounted.procedures, procedures)]),
        ],
      },
    },
  }
}

function configMap(name: string, items: readonly InitFile[]): Resource {
  return { configMapRef: { name, items: items.map(({ key, path }) => ({ key, path })) } }
}
