import type { LintContext } from '../context.js'
import { mtlsInFront } from '../envoy/certificate-required.js'
import type { EnvoyFragment } from '../envoy/fragment.js'
import { headerAdditions } from '../envoy/header-additions.js'
import { isRemovedNear } from '../envoy/header-removals.js'
import { fieldAt, isTrue } from '../envoy/message.js'
import { isOfPeer } from '../envoy/peer-headers.js'
import { type Finding, finding } from '../finding.js'
import { mtlsOf, type PeerAuthentication } from '../kubernetes/peer-authentication.js'
import { isSubset, type ServiceObject, servicesFor, targetPortOf } from '../kubernetes/service.js'
import { isCleared } from '../lua/state.js'
import type { LintRule } from '../rule.js'
import { entryAt, mapsAt, textAt, valueAt } from '../source/field.js'

/** Mutual TLS that is not there where a certificate is counted on, and plaintext where it is refused. */
export const plaintext: LintRule = {
  codes: ['SL2030', 'SL2031', 'SL2032', 'SL2033', 'SL2034'],
  check: context => [
    ...inFrontOfHeaders(context),
    ...context.peerAuthentications.flatMap(item => portLevels(item, context)),
    ...destinationRules(context),
  ],
}

function inFrontOfHeaders(context: LintContext): readonly Finding[] {
  return context.fragments
    .filter(fragment => goesByCertificate(fragment, context))
    .flatMap(fragment => {
      const { owner, patch } = fragment
      if (owner === undefined || patch?.context !== 'SIDECAR_INBOUND') return []
      const mtls = mtlsInFront(fragment, context)
      if (mtls === undefined) {
        const message = 'no PeerAuthentication of the files requires mutual TLS here'
        return isForgeable(fragment, context)
          ? [finding('SL2031', message, owner.resource.place)]
          : []
      }
      if (mtls.mode === 'STRICT') return []
      const message = `${mtls.mode} lets callers without a certificate through to ${owner.resource.name}`
      return [finding('SL2030', message, modePlace(mtls.by))]
    })
}

function modePlace({ resource }: PeerAuthentication): Finding['place'] {
  const mode = entryAt(valueAt(resource.node, 'spec', 'mtls'), 'mode')
  return mode?.value.place ?? resource.place
}

function goesByCertificate(fragment: EnvoyFragment, { scripts }: LintContext): boolean {
  return (
    scripts.some(script => script.fragment === fragment && (script.trace?.sets.length ?? 0) > 0) ||
    fragment.messages.some(({ body }) => isTrue(fieldAt(body, 'include_peer_certificate'))) ||
    headerAdditions([fragment]).some(({ value }) => isOfPeer(value))
  )
}

/** A script that leaves what the caller sent is worse where the caller needs no certificate. */
function isForgeable(fragment: EnvoyFragment, context: LintContext): boolean {
  return context.scripts.some(
    ({ fragment: other, trace, message }) =>
      other === fragment &&
      trace !== undefined &&
      trace.sets.some(({ name, keepsForged }) => {
        const left = keepsForged || trace.ends.some(end => !isCleared(end, name))
        return left && !isRemovedNear(name, fragment, message, context)
      }),
  )
}

function portLevels(item: PeerAuthentication, context: LintContext): readonly Finding[] {
  const { resource, matchLabels, ports } = item
  const levels = entryAt(valueAt(resource.node, 'spec'), 'portLevelMtls')
  if (levels?.value.kind !== 'map' || ports.size === 0) return []
  if (Object.keys(matchLabels).length === 0) {
    return [finding('SL2032', 'portLevelMtls without a selector', levels.keyPlace)]
  }
  const near = servicesFor(context.services, resource, matchLabels, context.workloads)
  return levels.value.entries.flatMap(({ key, keyPlace }) => {
    const found = near.flatMap(service => wrongPort(service, Number(key), context))
    return found.map(message => finding('SL2033', message, keyPlace))
  })
}

function wrongPort(
  service: ServiceObject,
  number: number,
  { workloads }: LintContext,
): readonly string[] {
  const targets = service.ports.map(port => targetPortOf(service, port, workloads))
  const index = service.ports.findIndex(({ port }) => port === number)
  const target = targets[index]
  if (target === undefined || target === number) return []
  if (targets.some(other => other === number || other === undefined)) return []
  return [
    `${number} is the port of the Service ${service.resource.name}; the container's is ${target}`,
  ]
}

/** Callers that are told to leave mutual TLS out, of a server that requires it. */
function destinationRules(context: LintContext): readonly Finding[] {
  return context.resources
    .filter(({ group, kind }) => group === 'networking.istio.io' && kind === 'DestinationRule')
    .flatMap(rule => {
      const spec = valueAt(rule.node, 'spec')
      const tls = valueAt(spec, 'trafficPolicy', 'tls')
      const mode = entryAt(tls, 'mode')
      const off = mode !== undefined && textAt(tls, 'mode') === 'DISABLE'
      const ports = mapsAt(valueAt(spec, 'trafficPolicy'), 'portLevelSettings')
      if (!off || ports.length > 0) return []
      const service = serviceOf(textAt(spec, 'host') ?? '', rule.namespace, context.services)
      if (service === undefined || !isStrict(service, context)) return []
      const message = `${service.resource.name} takes mutual TLS alone, and its callers are told to leave it out`
      return [finding('SL2034', message, mode.value.place)]
    })
}

function serviceOf(
  host: string,
  namespace: string | undefined,
  services: readonly ServiceObject[],
): ServiceObject | undefined {
  const [name, other] = host.split('.')
  return services.find(
    ({ resource }) => resource.name === name && resource.namespace === (other ?? namespace),
  )
}

/** All ports of all of its pods are strict, as far as the files say. */
function isStrict({ resource, selector }: ServiceObject, context: LintContext): boolean {
  const { peerAuthentications, mesh, workloads } = context
  const pods = workloads.filter(({ labels }) => isSubset(selector, labels))
  const labels = pods[0]?.labels ?? selector
  const { namespace } = resource
  const mtls = mtlsOf(peerAuthentications, { namespace, labels, rootNamespace: mesh.rootNamespace })
  return mtls?.mode === 'STRICT' && mtls.by.ports.size === 0
}
