import type { Configuration } from '../../config/index.js'
import type { Json } from '../../filters/index.js'
import { policyReaders, serviceAccount } from './access.js'
import { configMap } from './config-map.js'
import { containerPatch } from './container.js'
import { kubernetesService } from './kubernetes-service.js'
import { callersOfTheService, peerAuthentication } from './mesh-policies.js'
import { networkPolicy } from './network-policy.js'
import { podSet } from './pod-set.js'
import { autoscaler, disruptionBudget } from './scaling.js'
import type { ServiceFiles } from './service-files.js'
import type { ServiceSettings } from './settings.js'

/** One file of manifests. */
export interface Manifest {
  readonly file: string
  /** What it is for, in a sentence. */
  readonly about: string
  readonly resources: readonly { readonly [key: string]: Json }[]
}

/**
 * Makes the manifests of the service's own deployment, in an order in which they can be applied:
 * what protects the pods stands before the pods.
 */
export function manifests(
  configuration: Configuration,
  files: ServiceFiles,
  settings: ServiceSettings,
): readonly Manifest[] {
  const { deployment } = configuration.service
  const readers = policyReaders(configuration)
  const common: readonly Manifest[] = [
    {
      file: 'config-map.yaml',
      about: 'What the service reads: sidecert.yaml, policies and trust bundles.',
      resources: [configMap(configuration, files, settings)],
    },
    ...(readers.length === 0
      ? []
      : [
          {
            file: 'policy-readers.yaml',
            about: 'By these the service reads the AuthorizationPolicies of the cluster.',
            resources: readers,
          },
        ]),
  ]
  if (deployment === 'container') return common
  return [
    {
      file: 'service-account.yaml',
      about: "The service's identity in the mesh.",
      resources: [serviceAccount(configuration)],
    },
    ...common,
    {
      file: 'peer-authentication.yaml',
      about: 'Nobody calls the service without a certificate.',
      resources: [peerAuthentication(configuration)],
    },
    {
      file: 'authorization-policy.yaml',
      about: "Only the authorization server's sidecar asks for decisions.",
      resources: [callersOfTheService(configuration)],
    },
    {
      file: 'network-policy.yaml',
      about: 'The same once more below the mesh.',
      resources: [networkPolicy(configuration)],
    },
    {
      file: 'service.yaml',
      about:
        'What Envoy reaches the service by; the name of the port has Istio speak HTTP/2 to it.',
      resources: [kubernetesService(configuration)],
    },
    {
      file: `${deployment}.yaml`,
      about: 'What runs the service.',
      resources: [podSet(configuration, files, settings)],
    },
    ...(deployment === 'deployment'
      ? [
          {
            file: 'horizontal-pod-autoscaler.yaml',
            about: 'Kubernetes runs as many pods as the service needs.',
            resources: [autoscaler(configuration, settings)],
          },
          {
            file: 'pod-disruption-budget.yaml',
            about: 'Nodes are drained one pod of the service at a time.',
            resources: [disruptionBudget(configuration)],
          },
        ]
      : []),
  ]
}

/** Makes the patch of the authorization server's own workload that runs the service in its pods. */
export function patches(
  configuration: Configuration,
  files: ServiceFiles,
  settings: ServiceSettings,
): readonly Manifest[] {
  if (configuration.service.deployment !== 'container') return []
  return [
    {
      file: 'container-patch.yaml',
      about: "The service as a second container of the authorization server's pods.",
      resources: [containerPatch(configuration, files, settings)],
    },
  ]
}
