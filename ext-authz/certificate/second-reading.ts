import { X509Certificate } from 'node:crypto'
import type { Certificate } from './certificate.js'
import { CertificateError } from './certificate-error.js'

/**
 * Has OpenSSL read the same bytes and refuses what the two readers do not agree on.
 *
 * Compared is all that an identity rests on: the bytes, the serial number, the validity, the URI
 * names and the flag of an authority; and OpenSSL must be able to use the key.
 *
 * @throws {CertificateError} `decoders-disagree`
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
}

function readAgain(der: Uint8Array): X509Certificate | undefined {
  try {
    const certificate = new X509Certificate(der)
    return certificate.publicKey === undefined ? undefined : certificate
  } catch {
    return undefined
  }
}

/** Node quotes a name that has a comma in it, and writes the comma as an escape. */
function uriNames({ subjectAltName }: X509Certificate): string[] {
  return (subjectAltName ?? '').split(', ').filter(name => name.startsWith('URI:'))
}
