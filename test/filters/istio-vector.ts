import { readFileSync } from 'node:fs'

// The format of the vectors is described in test/istio-vectors/README.md.

/** Policies with the requests that Istio's own filters decided on a real Envoy. */
export interface VectorCase {
  readonly name: string
  readonly mesh: {
    readonly trustDomain: string
    readonly trustDomainAliases: readonly string[]
    readonly rootNamespace: string
  }
  readonly workload: {
    readonly namespace: string
    readonly labels: Readonly<Record<string, string>>
  }
  readonly policies: string
  readonly requests: readonly VectorRequest[]
}

/** One request as it is sent, and what became of it. */
export interface VectorRequest {
  readonly method: string
  readonly host: string
  readonly path: string
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly peer: VectorPeer
  readonly sourceIp: string
  readonly destinationIp: string
  readonly destinationPort: number
  readonly sni?: string
  readonly allowed: boolean
}

/** Who sends it. */
export type VectorPeer =
  | { readonly kind: 'svid'; readonly spiffeId: string }
  | { readonly kind: 'absent'; readonly plaintext?: boolean }
  | {
      readonly kind: 'certificate'
      readonly uris?: readonly string[]
      readonly dns?: readonly string[]
      readonly commonName?: string
    }

interface Defaults {
  readonly mesh: VectorCase['mesh']
  readonly workload: VectorCase['workload']
  readonly request: VectorRequest
}

/** Loads the cases of a topic with their defaults in place. */
export function loadVectors(topic: string): readonly VectorCase[] {
  const defaults = load('defaults') as Defaults
  return (load(topic) as readonly VectorCase[]).map(vector => ({
    ...vector,
    mesh: { ...defaults.mesh, ...vector.mesh },
    workload: { ...defaults.workload, ...vector.workload },
    requests: vector.requests.map(request => ({ ...defaults.request, ...request })),
  }))
}

function load(name: string): unknown {
  const file = new URL(`../../../test/istio-vectors/${name}.json`, import.meta.url)
  return JSON.parse(readFileSync(file, 'utf8'))
}
