import type { Diagnostic } from '../../policy/index.js'
import type { AuthorizerSettings } from '../authorizer.js'

/** What one reading of all inputs found. Nothing of it is in force yet. */
export interface Candidate {
  /** See `inputsVersion`. The same version means the same inputs. */
  readonly version: string
  /**
   * The version of the files alone. A file can be read while it is written, so a change of them
   * counts when two readings in a row find the same.
   */
  readonly filesVersion: string
  /** The directories to watch. */
  readonly directories: readonly string[]
  /** Makes the version of exactly what was read: the files are not looked at again. */
  build(): Built
}

/** What can be made of the inputs. */
export type Built = Usable | Incomplete | Broken

/** A version that can be in force. */
export interface Usable {
  readonly kind: 'usable'
  readonly settings: AuthorizerSettings
  /** Warnings. */
  readonly diagnostics: readonly Diagnostic[]
  /** Settings that are applied at the start only, such as `service.listen`, as text. */
  readonly fixed: Readonly<Record<string, string>>
}

/** Not everything is there yet, and nothing is wrong with what is there. */
export interface Incomplete {
  readonly kind: 'incomplete'
  /** What holds until then, without policies. */
  readonly settings: Omit<AuthorizerSettings, 'policies' | 'namespaces' | 'version'>
  readonly waitingFor: string
  readonly diagnostics: readonly Diagnostic[]
  readonly fixed: Readonly<Record<string, string>>
}

/** The inputs cannot be used. */
export interface Broken {
  readonly kind: 'broken'
  readonly diagnostics: readonly Diagnostic[]
}
