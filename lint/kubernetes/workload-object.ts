import { labelsAt, mapsAt, textAt, valueAt } from '../source/field.js'
import type { Resource } from './resource.js'

/** What runs pods: a Deployment and its kin, or a Pod. */
export interface WorkloadObject {
  readonly resource: Resource
  /** Of its pods. */
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
  /** Undefined: the service account `default`. */
  readonly serviceAccount: string | undefined
  readonly ports: readonly { readonly name: string | undefined; readonly number: number }[]
  /** It runs Envoy itself, as a gateway does. */
  readonly isProxy: boolean
}

const templated = ['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet', 'Rollout']

/** Reads the workloads among the objects. */
export function workloadObjects(resources: readonly Resource[]): readonly WorkloadObject[] {
  return resources.flatMap(resource => {
    const { kind, node } = resource
    const template = templated.includes(kind)
      ? valueAt(node, 'spec', 'template')
      : kind === 'Pod'
        ? node
        : undefined
    if (template === undefined) return []
    const spec = valueAt(template, 'spec')
    return {
      resource,
      labels: labelsAt(template, 'metadata', 'labels'),
      annotations: labelsAt(template, 'metadata', 'annotations'),
      serviceAccount: textAt(spec, 'serviceAccountName') ?? textAt(spec, 'serviceAccount'),
      ports: mapsAt(spec, 'containers').flatMap(container =>
        mapsAt(container, 'ports').flatMap(port => {
          const number = Number(textAt(port, 'containerPort'))
          return Number.isInteger(number) ? { name: textAt(port, 'name'), number } : []
        }),
      ),
      isProxy: mapsAt(spec, 'containers').some(
        container => textAt(container, 'name') === 'istio-proxy',
      ),
    }
  })
}

/** The number of a container's port by its name. */
export function containerPort({ ports }: WorkloadObject, name: string): number | undefined {
  return ports.find(port => port.name === name)?.number
}
