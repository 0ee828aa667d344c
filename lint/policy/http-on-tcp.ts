import type { LintContext } from '../context.js'
import { type Finding, finding } from '../finding.js'
import { type ServiceObject, servicesFor, targetPortOf } from '../kubernetes/service.js'
import type { LintRule } from '../rule.js'
import { allFields, type FieldView, type PolicyView, type RuleView } from './policy-view.js'

/** Rules that ask for HTTP on a port that a Service of the files declares to be something else. */
export const httpOnTcp: LintRule = {
  codes: ['SL1017'],
  check: context =>
    context.policies
      .filter(({ policy }) => policy !== undefined)
      .flatMap(policy => {
        const opaque = opaquePorts(policy, context)
        return policy.rules.flatMap(rule => problems(rule, opaque))
      }),
}

interface OpaquePorts {
  readonly ports: ReadonlyMap<number, string>
  /** All ports of all Services of the workload are opaque. */
  readonly all: boolean
}

function opaquePorts(policy: PolicyView, { services, workloads }: LintContext): OpaquePorts {
  const { resource, matchLabels } = policy
  const near =
    Object.keys(matchLabels).length === 0
      ? []
      : servicesFor(services, resource, matchLabels, workloads)
  const all = near.flatMap(service =>
    service.ports.map(port => ({ service, port, target: targetPortOf(service, port, workloads) })),
  )
  const opaque = all.filter(({ port }) => port.protocol === 'tcp')
  // The same container port may also be reached by a port that is HTTP.
  const certain = opaque.filter(
    ({ target }) =>
      target !== undefined &&
      all.every(other => other.target !== target || other.port.protocol === 'tcp'),
  )
  return {
    ports: new Map(
      certain.map(({ target, port, service }) => [target ?? 0, nameOf(service, port.name)]),
    ),
    all: all.length > 0 && opaque.length === all.length,
  }
}

function nameOf({ resource }: ServiceObject, port: string | undefined): string {
  return `port ${port ?? ''} of the Service ${resource.name}`
}

function problems(rule: RuleView, { ports, all }: OpaquePorts): readonly Finding[] {
  const http = allFields(rule).find(isHttpOnly)
  if (http === undefined) return []
  const asked = allFields(rule)
    .filter(({ name, negated }) => name === 'ports' && !negated)
    .flatMap(({ values }) => values.map(({ text }) => Number(text)))
  const [hit] = asked.filter(port => ports.has(port))
  if (hit !== undefined) {
    return [finding('SL1017', `${ports.get(hit)} (${hit}) is not HTTP to Istio`, http.place)]
  }
  if (asked.length > 0 || !all) return []
  return [finding('SL1017', 'no port of the workload is HTTP to Istio', http.place)]
}

function isHttpOnly({ name }: FieldView): boolean {
  return /^(?:hosts|methods|paths|requestPrincipals|request\.)/.test(name)
}
