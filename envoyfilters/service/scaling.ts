import type { Configuration } from '../../config/index.js'
import type { Json } from '../../filters/index.js'
import { metadata, selectorLabels } from './labels.js'
import type { ServiceSettings } from './settings.js'

type Resource = { readonly [key: string]: Json }

/**
 * Makes the HorizontalPodAutoscaler of the Deployment. It goes by the CPU of the service's own
 * container: that of the sidecar beside it says nothing of the service.
 */
export function autoscaler(
  configuration: Configuration,
  { minReplicas, maxReplicas }: ServiceSettings,
): Resource {
  return {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: metadata(configuration),
    spec: {
      scaleTargetRef: {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        name: configuration.service.name,
      },
      minReplicas,
      maxReplicas,
      metrics: [
        {
          type: 'ContainerResource',
          containerResource: {
            name: 'cpu',
            container: 'sidecert',
            target: { type: 'Utilization', averageUtilization: 60 },
          },
        },
      ],
      behavior: { scaleDown: { stabilizationWindowSeconds: 300 } },
    },
  }
}

/**
 * Makes the PodDisruptionBudget: nodes are drained one pod of the service at a time. A pod that is
 * not ready serves nobody and stands in nobody's way.
 */
export function disruptionBudget(configuration: Configuration): Resource {
  return {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: metadata(configuration),
    spec: {
      maxUnavailable: 1,
      selector: { matchLabels: selectorLabels(configuration) },
      unhealthyPodEvictionPolicy: 'AlwaysAllow',
    },
  }
}
