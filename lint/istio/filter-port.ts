import type { LintContext } from '../context.js'
import { type Finding, finding } from '../finding.js'
import { sameNamespace } from '../kubernetes/resource.js'
import { isSubset, type ServiceObject, servicesFor, targetPortOf } from '../kubernetes/service.js'
import type { LintRule } from '../rule.js'
import type { EnvoyFilterPatch, EnvoyFilterView } from './envoy-filter-view.js'

/** Patches that the Services and workloads of the files keep from landing. */
export const filterPort: LintRule = {
  codes: ['SL2010', 'SL2011', 'SL2012', 'SL2013'],
  check: context =>
    context.envoyFilters.flatMap(view => {
      const patches = view.patches.filter(isInboundFilter)
      return [
        ...patches.flatMap(patch => portProblems(view, patch, context)),
        ...(patches.length === 0 ? [] : workloadProblems(view, context)),
      ]
    }),
}

function isInboundFilter({ applyTo, context, current }: EnvoyFilterPatch): boolean {
  return current && applyTo === 'HTTP_FILTER' && context === 'SIDECAR_INBOUND'
}

function portProblems(
  view: EnvoyFilterView,
  { portNumber }: EnvoyFilterPatch,
  { services, workloads }: LintContext,
): readonly Finding[] {
  if (portNumber === undefined || Object.keys(view.labels).length === 0) return []
  const number = Number(portNumber.text)
  const ports = servicesFor(services, view.resource, view.labels, workloads).flatMap(service =>
    service.ports.map(port => ({ service, port, target: targetPortOf(service, port, workloads) })),
  )
  const behind = ports.filter(({ target }) => target === number)
  if (behind.length === 0) {
    const [meant] = ports.filter(({ port }) => port.port === number)
    // Behind a named port there may be any number.
    if (meant?.target === undefined || ports.some(({ target }) => target === undefined)) return []
    const message = `${number} is the port of the Service ${nameOf(meant.service)}; the container's is ${meant.target}`
    return [finding('SL2010', message, portNumber.place, `Write ${meant.target}.`)]
  }
  if (behind.some(({ port }) => port.protocol !== 'tcp')) return []
  return behind.map(({ service, port }) =>
    finding(
      'SL2011',
      `Istio takes port ${port.name ?? port.port} of the Service ${nameOf(service)} for opaque bytes`,
      port.place,
    ),
  )
}

function workloadProblems(
  { resource, labels }: EnvoyFilterView,
  { workloads, mesh }: LintContext,
): readonly Finding[] {
  if (Object.keys(labels).length === 0) return []
  const selected = workloads.filter(workload => isSubset(labels, workload.labels))
  const own = selected.filter(workload => sameNamespace(workload.resource, resource))
  const reached = resource.namespace === mesh.rootNamespace ? selected : own
  const [elsewhere] = selected
  if (reached.length === 0) {
    const other = elsewhere?.resource.namespace
    if (other === undefined || resource.namespace === undefined) return []
    const message = `the workload ${elsewhere?.resource.name} stands in the namespace ${other}`
    return [finding('SL2012', message, resource.place)]
  }
  return reached
    .filter(({ labels, annotations, isProxy }) => {
      const said = labels['sidecar.istio.io/inject'] ?? annotations['sidecar.istio.io/inject']
      return said === 'false' && !isProxy
    })
    .map(workload =>
      finding('SL2013', `${workload.resource.name} gets no sidecar`, workload.resource.place),
    )
}

function nameOf({ resource }: ServiceObject): string {
  return resource.name
}
