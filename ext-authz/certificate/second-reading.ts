import { X509Certificate } from 'node:crypto'
import type { Certificate } from './certificate.js'
import { CertificateError } from './certificate-error.js'

/**
 * Has OpenSSL read the same bytes and refuses what the two readers do not agree on.
 *
 * Compared is all that an identity rests on: the bytes, the serial number, the validity, and the
 * URI names. OpenSSL also does what only a cryptographic library can: it checks the key itself.
 *
 * @throws {CertificateError} `decoders-disagree`, and `bad-key` when OpenSSL cannot use the key
 */
export function checkSecondReading(certificate: Certificate, uris: readonly string[]): void {
  const second = readAgain(certificate.der)
  const agreed =
    second !== undefined &&
    Buffer.compare(second.raw, certificate.der) === 0 &&
    second.serialNumber.toLowerCase().padStart(2, '0') === certificate.serialNumber &&
    Date.parse(second.validFrom) === certificate.notBefore &&
    Date.parse(second.validTo) === certificate.notAfter &&
    uriNames(second).join() === uris.map(uri => `URI:${uri}`).join()
  if (!agreed) {
    throw new CertificateError('decoders-disagree', 'two decoders read it differently')
  }
  if (!hasUsableKey(second)) {
    throw new CertificateError(
      'bad-key',
      'its key is not a point of its curve, or otherwise unusable',
    )
  }
}

function readAgain(der: Uint8Array): X509Certificate | undefined {
  try {
    return new X509Certificate(der)
  } catch {
    return undefined
  }
}

/** A getter that decodes: it throws for a point beside its curve, among others. */
function hasUsableKey(certificate: X509Certificate): boolean {
  try {
    return certificate.publicKey.type === 'public'
  } catch {
    return false
  }
}

/** Node quotes a name that has a comma in it, and writes the comma as an escape. */
function uriNames({ subjectAltName }: X509Certificate): string[] {
  return (subjectAltName ?? '').split(', ').filter(name => name.startsWith('URI:'))
}
