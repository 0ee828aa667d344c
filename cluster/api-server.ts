import { ClusterError } from './cluster-error.js'
import type { ClusterSettings } from './cluster-settings.js'

/** Where the API server is, and the files of what is shown to it and of what it is verified by. */
export interface ApiServer {
  readonly url: URL
  readonly tokenFile: string | undefined
  readonly caFile: string | undefined
}

const serviceAccount = '/var/run/secrets/kubernetes.io/serviceaccount'

/**
 * Finds the API server: the one that is named, else the one of the cluster that this pod runs in, by
 * `KUBERNETES_SERVICE_HOST` and `KUBERNETES_SERVICE_PORT` and with the pod's service account.
 *
 * @throws {ClusterError} `not-in-a-cluster`
 */
export function findApiServer(
  { server, tokenFile, caFile }: ClusterSettings,
  environment: NodeJS.ProcessEnv = process.env,
): ApiServer {
  if (server !== undefined) return { url: new URL(server), tokenFile, caFile }
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port = '443' } = environment
  const authority = host?.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
  if (host === undefined || host === '' || !URL.canParse(`https://${authority}`)) {
    throw new ClusterError(
      'not-in-a-cluster',
      'this is no pod of a cluster: KUBERNETES_SERVICE_HOST is not set',
      'Name the API server in cluster.server, or set policiesFrom: files.',
    )
  }
  return {
    url: new URL(`https://${authority}`),
    tokenFile: `${serviceAccount}/token`,
    caFile: `${serviceAccount}/ca.crt`,
  }
}
