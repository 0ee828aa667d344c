import type { Configuration } from '../../config/index.js'
import type { Json } from '../../filters/index.js'
import { metadata, selectorLabels } from './labels.js'
import { podTemplate } from './pod.js'
import type { ServiceFiles } from './service-files.js'
import type { ServiceSettings } from './settings.js'

type Resource = { readonly [key: string]: Json }

/**
 * Makes what runs the service's pods: a Deployment, spread over zones and nodes and scaled by its
 * HorizontalPodAutoscaler, or a DaemonSet with one pod a node.
 *
 * A pod goes when another has taken its place, never before.
 */
export function podSet(
  configuration: Configuration,
  files: ServiceFiles,
  settings: ServiceSettings,
): Resource {
  const template = podTemplate(configuration, files, settings)
  const rollingUpdate = { maxSurge: 1, maxUnavailable: 0 }
  const matchLabels = selectorLabels(configuration)
  if (configuration.service.deployment === 'daemonset') {
    return {
      apiVersion: 'apps/v1',
      kind: 'DaemonSet',
      metadata: metadata(configuration),
      spec: {
        selector: { matchLabels },
        updateStrategy: { type: 'RollingUpdate', rollingUpdate },
        minReadySeconds: 5,
        template,
      },
    }
  }
  const spec = { ...(template.spec as Resource), topologySpreadConstraints: spread(matchLabels) }
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: metadata(configuration),
    // No number of replicas: it is the autoscaler's, and applying the file again would reset it.
    spec: {
      selector: { matchLabels },
      strategy: { type: 'RollingUpdate', rollingUpdate },
      minReadySeconds: 5,
      template: { ...template, spec },
    },
  }
}

/** A preference: a cluster of one zone runs it too. Each version is spread by itself. */
function spread(matchLabels: Readonly<Record<string, string>>): readonly Json[] {
  return ['topology.kubernetes.io/zone', 'kubernetes.io/hostname'].map(topologyKey => ({
    maxSkew: 1,
    topologyKey,
    whenUnsatisfiable: 'ScheduleAnyway',
    labelSelector: { matchLabels },
    matchLabelKeys: ['pod-template-hash'],
  }))
}
