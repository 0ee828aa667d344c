import { X509Certificate } from 'node:crypto'
import { decodePeerCertificate } from '../ext-authz/index.js'
import { type HeaderLines, linesLike, valuesOf } from './header-lines.js'

/** How an application finds the certificate among the header lines that it got. */
export type HeaderReading =
  /** One line of this name and nothing that could be taken for another: else no certificate. */
  | 'careful'
  /** The first line of this name, as many a framework's "get header" gives it. */
  | 'first-line'

/**
 * Reads a certificate in PEM and percent-encoding from header lines.
 *
 * The value is one PEM block and nothing else; it is taken apart here because OpenSSL silently
 * passes over what stands before a block and after it.
 *
 * @returns nothing when there is no such line, or none that holds a certificate
 */
export function certificateFrom(
  lines: HeaderLines,
  name: string,
  reading: HeaderReading,
): X509Certificate | undefined {
  const values = valuesOf(lines, name)
  const value = values[0]
  if (value === undefined) return undefined
  if (reading === 'careful' && (values.length > 1 || linesLike(lines, name).length > 1))
    return undefined
  return decode(value)
}

const pemBlock =
  /^-----BEGIN CERTIFICATE-----\n([A-Za-z0-9+/\n]+={0,2})\n-----END CERTIFICATE-----\n?$/

function decode(value: string): X509Certificate | undefined {
  try {
    const base64 = pemBlock.exec(decodePeerCertificate(value))?.[1]
    return base64 === undefined ? undefined : new X509Certificate(Buffer.from(base64, 'base64'))
  } catch {
    return undefined
  }
}
