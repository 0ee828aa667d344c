import { labelsAt, mapsAt, textAt, valueAt } from '../source/field.js'
import type { Resource } from './resource.js'

/** What a sidecar takes: mutual TLS only, anything, or plaintext only. */
export type MtlsMode = 'STRICT' | 'PERMISSIVE' | 'DISABLE'

/** One Istio PeerAuthentication. */
export interface PeerAuthentication {
  readonly resource: Resource
  readonly matchLabels: Readonly<Record<string, string>>
  /** Undefined when it is left to the next wider one. */
  readonly mode: MtlsMode | undefined
  readonly ports: ReadonlyMap<number, MtlsMode>
}

/** Which workload is asked about; `port` is the container's. */
export interface MtlsQuestion {
  readonly namespace: string | undefined
  readonly labels: Readonly<Record<string, string>>
  readonly port?: number | undefined
  readonly rootNamespace: string
}

/** Reads the PeerAuthentications among the objects. */
export function peerAuthentications(resources: readonly Resource[]): readonly PeerAuthentication[] {
  return resources
    .filter(({ group, kind }) => group === 'security.istio.io' && kind === 'PeerAuthentication')
    .map(resource => {
      const spec = valueAt(resource.node, 'spec')
      const levels = mapsAt(spec, 'portLevelMtls')[0]?.entries ?? []
      return {
        resource,
        matchLabels: labelsAt(spec, 'selector', 'matchLabels'),
        mode: modeOf(textAt(spec, 'mtls', 'mode')),
        ports: new Map(
          levels.flatMap(({ key, value }) => {
            const mode = modeOf(textAt(value, 'mode'))
            return mode === undefined ? [] : [[Number(key), mode] as const]
          }),
        ),
      }
    })
}

/**
 * Finds the PeerAuthentication that says what a workload takes, as far as the files say: of the
 * workload first, of its namespace next, of the mesh last. Undefined when no file says anything.
 *
 * One without a namespace is taken for one of the workload's: when in doubt, what makes a workload
 * strict counts.
 */
export function mtlsOf(
  all: readonly PeerAuthentication[],
  question: MtlsQuestion,
): { readonly mode: MtlsMode; readonly by: PeerAuthentication } | undefined {
  const { namespace, labels, port, rootNamespace } = question
  const near = all.filter(({ resource, matchLabels }) => {
    const known = resource.namespace === undefined || namespace === undefined
    const applies =
      known || resource.namespace === namespace || resource.namespace === rootNamespace
    const selected = Object.entries(matchLabels).every(([key, value]) => labels[key] === value)
    return applies && selected
  })
  const weight = ({ resource, matchLabels }: PeerAuthentication) => {
    if (Object.keys(matchLabels).length > 0) return 2
    return resource.namespace === rootNamespace && namespace !== rootNamespace ? 0 : 1
  }
  const found = near
    .map(by => ({ by, mode: (port === undefined ? undefined : by.ports.get(port)) ?? by.mode }))
    .filter((item): item is { by: PeerAuthentication; mode: MtlsMode } => item.mode !== undefined)
    .sort((a, b) => weight(b.by) - weight(a.by) || strictness(b.mode) - strictness(a.mode))
  return found[0]
}

function strictness(mode: MtlsMode): number {
  return mode === 'STRICT' ? 1 : 0
}

function modeOf(text: string | undefined): MtlsMode | undefined {
  return text === 'STRICT' || text === 'PERMISSIVE' || text === 'DISABLE' ? text : undefined
}
