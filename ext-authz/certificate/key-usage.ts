import { CertificateError } from './certificate-error.js'
import { readFields, readSoleElement, tag } from './der.js'
import { readBitString, readObjectIdentifier } from './der-value.js'
import { type Extension, extensionId } from './extension.js'

/** The bits of the Key Usage that the rules ask about: RFC 5280 section 4.2.1.3. */
export interface KeyUsage {
  readonly digitalSignature: boolean
  readonly keyCertSign: boolean
  readonly cRLSign: boolean
}

/** The purposes of the Extended Key Usage that the rules ask about: RFC 5280 section 4.2.1.12. */
export const keyPurpose = {
  any: '2.5.29.37.0',
  clientAuth: '1.3.6.1.5.5.7.3.2',
} as const

/**
 * Reads the Key Usage; undefined when the certificate has none. Critical or not, it counts.
 *
 * @throws {CertificateError} `not-der`
 */
export function readKeyUsage(extensions: ReadonlyMap<string, Extension>): KeyUsage | undefined {
  const extension = extensions.get(extensionId.keyUsage)
  if (extension === undefined) return undefined
  const { octets } = readBitString(readSoleElement(extension.value))
  const first = octets[0] ?? 0
  return {
    digitalSignature: (first & 0x80) !== 0,
    keyCertSign: (first & 0x04) !== 0,
    cRLSign: (first & 0x02) !== 0,
  }
}

/**
 * Reads the purposes of the Extended Key Usage as dotted identifiers; undefined when there is none.
 *
 * @throws {CertificateError} `bad-extension` when it lists nothing, `not-der`
 */
export function readExtendedKeyUsage(
  extensions: ReadonlyMap<string, Extension>,
): ReadonlySet<string> | undefined {
  const extension = extensions.get(extensionId.extendedKeyUsage)
  if (extension === undefined) return undefined
  const purposes = readFields(readSoleElement(extension.value), tag.sequence)
  if (purposes.length === 0) {
    throw new CertificateError('bad-extension', 'its Extended Key Usage lists no purpose')
  }
  return new Set(purposes.map(readObjectIdentifier))
}
