import { encodeCertificatePem, readCertificatePem } from './pem.js'
import { asSvidError } from './x509-svid.js'
import { X509SvidError } from './x509-svid-error.js'

/** The longest value that is decoded, in characters; Envoy's own limit on a request's headers is less. */
export const maximumPeerCertificateLength = 128 * 1024

/**
 * Decodes a certificate as Envoy writes it into `source.certificate` of a CheckRequest, into
 * `%DOWNSTREAM_PEER_CERT%` and with Lua's `urlEncodedPemEncodedPeerCertificate()`: a PEM text that is
 * percent-encoded (RFC 3986 section 2.1).
 *
 * Envoy escapes exactly newline, space, `+`, `/` and `=`, in upper case. Others leave `+`, `/` and `=`
 * as they are or escape in lower case, and mean the same. Nothing is form-decoded: a `+` is a plus of
 * base64 and never a space, so that a form-encoded value is refused and not repaired. What the text
 * holds, {@link parseX509Svid} says.
 *
 * @throws {X509SvidError} `no-certificate` when empty, `too-large`, `not-url-encoded`
 */
export function decodePeerCertificate(value: string): string {
  if (typeof value !== 'string' || value === '') {
    throw new X509SvidError('no-certificate', 'there is no certificate')
  }
  if (value.length > maximumPeerCertificateLength) {
    throw new X509SvidError(
      'too-large',
      `it is longer than ${maximumPeerCertificateLength} characters`,
    )
  }
  if (!/^(?:[A-Za-z0-9+/=-]|%[0-7][0-9A-Fa-f])+$/.test(value)) {
    throw new X509SvidError('not-url-encoded', 'it is not percent-encoded ASCII')
  }
  if (value.startsWith('-----BEGIN+')) {
    throw new X509SvidError('not-url-encoded', 'it is form-encoded: it has + for a space')
  }
  return value.replace(/%(..)/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
}

/**
 * Writes a certificate, given as PEM or as its bytes, as Envoy does: PEM with lines of 64
 * characters and a last newline, percent-encoded; byte for byte what Envoy would have sent for the
 * same certificate, however the given PEM is wrapped.
 *
 * @throws {X509SvidError} for a text that is not one PEM CERTIFICATE block
 */
export function encodePeerCertificate(certificate: string | Uint8Array): string {
  const der =
    typeof certificate === 'string'
      ? asSvidError(() => readCertificatePem(certificate))
      : certificate
  return encodeURIComponent(encodeCertificatePem(der))
}
