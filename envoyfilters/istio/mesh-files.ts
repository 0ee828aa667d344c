import type { Configuration, Gateway } from '../../config/index.js'
import { workloadName } from '../kubernetes/workload-name.js'
import type { Generated, PartRequest } from '../part.js'
import { valuesFile } from '../resource-file.js'
import { gatewayValues, istiodValues } from './mesh-values.js'

/** Where the values of the mesh's Helm charts lie. */
export const meshFolder = '2-service-mesh'

/** The gateways that are installed with the mesh. */
export function istioGateways({ gateways }: Configuration): readonly Gateway[] {
  return gateways.filter(({ product }) => product === 'istio')
}

/** Tells the Helm release of a gateway: in Istio's chart it has the name of the service account. */
export function gatewayRelease({ serviceAccount }: Gateway): string {
  return workloadName(serviceAccount).slice(0, 53).replace(/-+$/, '')
}

/** Makes what the mesh is installed with: a cluster to try it in, and values for Istio's charts. */
export function meshFiles({ configuration, targets }: PartRequest): Generated {
  if (!targets.includes('istio')) return { files: [], diagnostics: [] }
  const istiod = valuesFile(
    configuration,
    `istio/${meshFolder}/istiod.yaml`,
    [
      `Values of Istio's chart istiod. SPIFFE IDs begin with spiffe://${configuration.trustDomain}/.`,
    ],
    istiodValues(configuration),
  )
  const gateways = istioGateways(configuration).map(gateway =>
    valuesFile(
      configuration,
      `istio/${meshFolder}/${gateway.namespace}.${gatewayRelease(gateway)}.yaml`,
      [`Values of Istio's chart gateway: its SPIFFE ID is ${gateway.spiffeId}.`],
      gatewayValues(gateway),
    ),
  )
  const cluster = valuesFile(
    configuration,
    'istio/1-cluster/kind.yaml',
    ['A cluster on this machine to try everything in.'],
    {
      kind: 'Cluster',
      apiVersion: 'kind.x-k8s.io/v1alpha4',
      nodes: [{ role: 'control-plane' }, { role: 'worker' }],
    },
  )
  return { files: [cluster, istiod, ...gateways], diagnostics: [] }
}
