import type { CertificateErrorCode } from './certificate-error.js'

/** Which rule a certificate breaks so that it is no valid X.509-SVID. Codes are stable. */
export type X509SvidErrorCode =
  | CertificateErrorCode
  | 'no-certificate'
  | 'not-url-encoded'
  | 'bad-moment'
  | 'not-yet-valid'
  | 'expired'
  | 'ca'
  | 'no-key-usage'
  | 'no-digital-signature'
  | 'key-cert-sign'
  | 'crl-sign'
  | 'no-uri'
  | 'several-uris'
  | 'not-a-spiffe-id'
  | 'root-path'
  | 'not-for-clients'
  | 'other-trust-domain'
  | 'unknown-authority'
  | 'unusable-authority'
  | 'bad-signature'
  | 'weak-signature'
  | 'weak-key'
  | 'path-too-long'

/**
 * The error of everything that reads or verifies an X.509-SVID: a stable code and the broken rule
 * in words.
 */
export class X509SvidError extends Error {
  override readonly name = 'X509SvidError'
  constructor(
    readonly code: X509SvidErrorCode,
    readonly rule: string,
    options?: ErrorOptions,
  ) {
    super(`not a valid X.509-SVID: ${rule}`, options)
  }
}
