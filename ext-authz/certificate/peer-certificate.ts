import { encodeCertificatePem, readCertificatePem } from './pem.js'
import { asSvidError } from './x509-svid.js'
import { X509SvidError } from './x509-svid-error.js'

/** The longest value that is decoded, in characters; Envoy's own limit on a request's headers is less. */
export const maximumPeerCertificateLength = 128 * 1024

/** Every escape that Envoy writes: newline, space, plus, slash, equals sign. */
const escapes: Readonly<Record<string, string>> = {
  '%0A': '\n',
  '%20': ' ',
  '%2B': '+',
  '%2F': '/',
  '%3D': '=',
}

/**
 * Decodes a certificate as Envoy writes it into `source.certificate` of a CheckRequest, into
 * `%DOWNSTREAM_PEER_CERT%` and with Lua's `urlEncodedPemEncodedPeerCertificate()`: a PEM text in
 * which exactly newline, space, `+`, `/` and `=` are percent-encoded, in upper case.
 *
 * Nothing is form-decoded: a literal `+` would become a space there and break the base64, so it is
 * refused, as is every other character and escape. What the text holds, {@link parseX509Svid} says.
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
  if (!/^(?:[A-Za-z0-9-]|%(?:0A|20|2B|2F|3D))+$/.test(value)) {
    throw new X509SvidError(
      'not-url-encoded',
      value.includes('+')
        ? 'it has a literal +: it was form-encoded, or decoded already'
        : 'it is not percent-encoded as Envoy does it',
    )
  }
  return value.replace(/%../g, sequence => escapes[sequence] as string)
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
