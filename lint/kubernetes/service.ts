import type { Place } from '../../policy/index.js'
import { entryAt, labelsAt, mapsAt, textAt, valueAt } from '../source/field.js'
import { type Resource, sameNamespace } from './resource.js'
import { containerPort, type WorkloadObject } from './workload-object.js'

/** A Kubernetes Service. */
export interface ServiceObject {
  readonly resource: Resource
  readonly selector: Readonly<Record<string, string>>
  readonly ports: readonly ServicePort[]
}

/** One port of a Service. */
export interface ServicePort {
  readonly name: string | undefined
  readonly port: number
  /** A number, or the name of a container's port. */
  readonly targetPort: number | string
  readonly protocol: PortProtocol
  /** Where the protocol is said, else where the port stands. */
  readonly place: Place
}

/**
 * What Istio takes a port for: `http` (HTTP/1.1), `http2` (also gRPC), `tcp` (opaque bytes, TLS
 * among them), `auto` when neither name nor appProtocol says anything.
 */
export type PortProtocol = 'http' | 'http2' | 'tcp' | 'auto'

/** Reads the Services among the objects. */
export function services(resources: readonly Resource[]): readonly ServiceObject[] {
  return resources
    .filter(({ group, kind }) => group === '' && kind === 'Service')
    .map(resource => ({
      resource,
      selector: labelsAt(resource.node, 'spec', 'selector'),
      ports: mapsAt(valueAt(resource.node, 'spec'), 'ports').flatMap(port => {
        const number = Number(textAt(port, 'port'))
        if (!Number.isInteger(number)) return []
        const target = textAt(port, 'targetPort') ?? String(number)
        const said = entryAt(port, 'appProtocol') ?? entryAt(port, 'name')
        return {
          name: textAt(port, 'name'),
          port: number,
          targetPort: /^\d+$/.test(target) ? Number(target) : target,
          protocol: protocolOf(textAt(port, 'appProtocol'), textAt(port, 'name')),
          place: said?.value.place ?? port.place,
        }
      }),
    }))
}

const protocols: Readonly<Record<string, PortProtocol>> = {
  http: 'http',
  'kubernetes.io/ws': 'http',
  http2: 'http2',
  grpc: 'http2',
  'grpc-web': 'http',
  'kubernetes.io/h2c': 'http2',
  https: 'tcp',
  tls: 'tcp',
  tcp: 'tcp',
  'kubernetes.io/wss': 'tcp',
  mongo: 'tcp',
  mysql: 'tcp',
  redis: 'tcp',
}

/** By appProtocol if it is one that Istio knows, else by what stands before the first dash. */
function protocolOf(appProtocol: string | undefined, name: string | undefined): PortProtocol {
  const said = appProtocol === undefined ? undefined : protocols[appProtocol.toLowerCase()]
  if (said !== undefined) return said
  const text = name?.toLowerCase() ?? ''
  if (text.startsWith('grpc-web')) return 'http'
  return protocols[text.split('-')[0] ?? ''] ?? 'auto'
}

/** The number of the container's port behind a port of a Service; undefined when no file says it. */
export function targetPortOf(
  service: ServiceObject,
  { targetPort }: ServicePort,
  workloads: readonly WorkloadObject[],
): number | undefined {
  if (typeof targetPort === 'number') return targetPort
  const numbers = workloads
    .filter(workload => selectsWorkload(service, workload))
    .map(workload => containerPort(workload, targetPort))
  const [first] = numbers
  return numbers.every(number => number === first) ? first : undefined
}

function selectsWorkload({ resource, selector }: ServiceObject, workload: WorkloadObject): boolean {
  return (
    Object.keys(selector).length > 0 &&
    sameNamespace(resource, workload.resource) &&
    isSubset(selector, workload.labels)
  )
}

/**
 * The Services whose pods are for certain among those that labels select, or the other way round.
 *
 * @param labels - of a selector; empty stands for every workload of the namespace
 */
export function servicesFor(
  all: readonly ServiceObject[],
  owner: Pick<Resource, 'namespace' | 'file'>,
  labels: Readonly<Record<string, string>>,
  workloads: readonly WorkloadObject[],
): readonly ServiceObject[] {
  return all.filter(service => {
    const { resource, selector } = service
    if (!sameNamespace(resource, owner) || Object.keys(selector).length === 0) return false
    return (
      isSubset(labels, selector) ||
      isSubset(selector, labels) ||
      workloads.some(
        workload => selectsWorkload(service, workload) && isSubset(labels, workload.labels),
      )
    )
  })
}

/** Tells whether all labels of a selector are among others. */
export function isSubset(
  selector: Readonly<Record<string, string>>,
  labels: Readonly<Record<string, string>>,
): boolean {
  return Object.entries(selector).every(([key, value]) => labels[key] === value)
}
