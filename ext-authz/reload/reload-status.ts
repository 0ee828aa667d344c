import type { Diagnostic } from '../../policy/index.js'

/** What became of one version, for the history. Times are milliseconds since the epoch. */
export interface ReloadStep {
  readonly at: number
  readonly version: string
  readonly result: 'in-force' | 'refused' | 'withdrawn'
  /** What made the service look, such as `files` or `signal`. */
  readonly cause: string
}

/** Which version runs and what became of newer ones. Times are milliseconds since the epoch. */
export interface ReloadStatus {
  /** Undefined: none has been good yet, and every check is denied. */
  readonly running: { readonly version: string; readonly since: number } | undefined
  /** The inputs as they are, when they cannot be used. */
  readonly refused:
    | {
        readonly version: string
        readonly since: number
        readonly diagnostics: readonly Diagnostic[]
      }
    | undefined
  /** What is still missing of the inputs. */
  readonly waitingFor: string | undefined
  /** Settings that have changed and hold from the next start only. */
  readonly restartNeeded: readonly string[]
  /** The last versions, oldest first. */
  readonly history: readonly ReloadStep[]
}
