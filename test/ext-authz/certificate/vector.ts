import { readFileSync } from 'node:fs'

/** One certificate and go-spiffe's verdict on it; see vectors/README.md. */
export interface SvidVector {
  readonly title: string
  readonly at: string
  readonly goSpiffe: { readonly parse: Verdict; readonly verify: Verdict }
  readonly sidecert: { readonly uri: string } | Refusal
  readonly pem: string
}

/** One leaf with a bundle and go-spiffe's verdict on the path between them. */
export interface PathVector {
  readonly title: string
  readonly at: string
  readonly goSpiffe: { readonly verify: Verdict }
  readonly sidecert: { readonly path: number } | Refusal
  readonly leaf: string
  readonly roots: string
  readonly intermediates: string
}

export interface Refusal {
  readonly refuses: string
  /** Why go-spiffe's verdict is not followed. */
  readonly stricter?: string
}

type Verdict = 'accepts' | 'refuses'

const svidVectorNames = ['identity', 'usage', 'validity', 'encoding', 'key'] as const

/** Reads every vector of a single certificate, titled by its file. */
export function readSvidVectors(): SvidVector[] {
  return svidVectorNames.flatMap(name =>
    readVectors<SvidVector>(name).map(vector => ({ ...vector, title: `${name}: ${vector.title}` })),
  )
}

/** Reads every vector of a path. */
export function readPathVectors(): PathVector[] {
  return readVectors<PathVector>('path')
}

function readVectors<T>(name: string): T[] {
  const folder = '../../../../test/ext-authz/certificate/vectors'
  return JSON.parse(readFileSync(new URL(`${folder}/${name}.json`, import.meta.url), 'utf8'))
}
