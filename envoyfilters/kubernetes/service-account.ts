import type { ServiceAccountRef } from '../../policy/index.js'
import type { Resource } from '../resource-file.js'

/** Makes a service account, which Istio derives the SPIFFE ID of a workload from. */
export function serviceAccount({ namespace, serviceAccount }: ServiceAccountRef): Resource {
  return {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name: serviceAccount, namespace },
  }
}
