/** Why a text or its bytes are not one well-formed X.509 certificate. Codes are stable. */
export type CertificateErrorCode =
  | 'too-large'
  | 'not-pem'
  | 'wrong-label'
  | 'several-blocks'
  | 'bad-base64'
  | 'not-der'
  | 'trailing-bytes'
  | 'not-a-certificate'
  | 'bad-version'
  | 'bad-serial-number'
  | 'bad-validity'
  | 'bad-name'
  | 'bad-key'
  | 'bad-extension'
  | 'duplicate-extension'
  | 'unknown-critical-extension'
  | 'decoders-disagree'

/**
 * The error of every reader of certificate bytes: a stable code and the broken rule in words.
 *
 * The message never quotes the input: what a caller sent stays out of logs.
 */
export class CertificateError extends Error {
  override readonly name = 'CertificateError'
  constructor(
    readonly code: CertificateErrorCode,
    readonly rule: string,
  ) {
    super(`not a certificate: ${rule}`)
  }
}
