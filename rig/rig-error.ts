/** Why a part of the rig could not do its work. */
export type RigErrorCode =
  /** `$ENVOY_BIN` names no executable file. */
  | 'envoy-bin-unusable'
  /** Envoy could not be installed. */
  | 'envoy-not-installed'
  /** A process ended, or was not ready in time. */
  | 'process-not-ready'
  /** A part answered with something that it never should. */
  | 'unexpected-answer'

/** A failure of the rig, with what the reader can do about it. */
export class RigError extends Error {
  override readonly name = 'RigError'
  readonly code: RigErrorCode
  /** The mend, as a sentence. */
  readonly hint: string

  constructor(code: RigErrorCode, message: string, hint: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
    this.hint = hint
  }
}
