import type { Client } from '../../config/index.js'
import type { Resource } from '../resource-file.js'
import { workloadName } from './workload-name.js'

/** Asks Istio for a sidecar, as a label of a pod. */
export const sidecarLabel = 'sidecar.istio.io/inject'

/** Makes the Deployment of an OAuth client, under its own service account and with a sidecar. */
export function clientDeployment({ namespace, serviceAccount, image, port }: Client): Resource {
  const name = workloadName(serviceAccount)
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace, labels: { app: name } },
    spec: {
      replicas: 1,
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels: { app: name, [sidecarLabel]: 'true' } },
        spec: {
          serviceAccountName: serviceAccount,
          containers: [
            { name, image, ports: [{ name: 'http', containerPort: port, protocol: 'TCP' }] },
          ],
        },
      },
    },
  }
}
