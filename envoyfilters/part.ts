import type { Configuration, Forwarding, Target } from '../config/index.js'
import type { AuthorizationPolicy, Diagnostic } from '../policy/index.js'

/** A file to write, its path relative to the directory of the output. */
export interface GeneratedFile {
  readonly path: string
  readonly content: string
  /** A script, which is to be run. */
  readonly executable?: boolean
}

/** What a part makes: with any error there are no files. */
export interface Generated {
  readonly files: readonly GeneratedFile[]
  readonly diagnostics: readonly Diagnostic[]
}

/** A file as the user wrote it, with the name that is shown for it. */
export interface CopiedFile {
  readonly file: string
  readonly text: string
}

/** What the parts are made from. */
export interface PartRequest {
  readonly configuration: Configuration
  /** Those of the files that sidecert.yaml names, and the one that it implies. */
  readonly policies: readonly AuthorizationPolicy[]
  readonly targets: readonly Target[]
  readonly forwardings: readonly Forwarding[]
  /** The directory of the output as Envoy is to be told it. */
  readonly directory: string
  /** The policy files themselves. */
  readonly policyFiles: readonly CopiedFile[]
  /**
   * The certificate authorities of the trust domain, PEM, one certificate each: roots first. Empty
   * when sidecert.yaml does not name them.
   */
  readonly authorities: readonly string[]
  /** What the service reads: sidecert.yaml, policy files, trust bundles. Empty: none is deployed. */
  readonly inputs: readonly CopiedFile[]
}

/**
 * One part of the output: sidecert.yaml to some of the files.
 *
 * @param made - the files that the parts before it have made
 */
export type Part = (request: PartRequest, made: readonly GeneratedFile[]) => Generated
