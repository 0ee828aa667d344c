import { createHash } from 'node:crypto'

/** One input of a version: a file or an object of the cluster. */
export interface VersionInput {
  /** The same on every machine: a file's path relative to sidecert.yaml's directory. */
  readonly name: string
  /** Undefined: it could not be read. */
  readonly content: string | undefined
}

/**
 * Names a version by what it is made of: the first 12 hexadecimal digits of the SHA-256 over names
 * and contents of all inputs, in their order, written as JSON so that no two lists look alike.
 *
 * @example
 * inputsVersion([{ name: 'sidecert.yaml', content: 'trustDomain: curitydemo\n' }])
 */
export function inputsVersion(inputs: readonly VersionInput[]): string {
  const text = JSON.stringify(inputs.map(({ name, content }) => [name, content ?? null]))
  return createHash('sha256').update(text).digest('hex').slice(0, 12)
}
