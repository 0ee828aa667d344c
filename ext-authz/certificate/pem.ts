import { CertificateError } from './certificate-error.js'

/** The longest PEM text that is read, in characters: a certificate with 900 names has half of it. */
export const maximumPemLength = 128 * 1024

const begin = '-----BEGIN CERTIFICATE-----'
const end = '-----END CERTIFICATE-----'

/**
 * Reads a text that is one PEM CERTIFICATE block and nothing but it, as RFC 7468 section 3 writes
 * it: no headers, no text around it, no second block; newlines before and after it are let pass.
 *
 * @returns the bytes of the block, not yet looked at
 * @throws {CertificateError} `too-large`, `not-pem`, `wrong-label`, `several-blocks`, `bad-base64`
 */
export function readCertificatePem(pem: string): Uint8Array {
  if (typeof pem !== 'string') throw new CertificateError('not-pem', 'it is not a text')
  if (pem.length > maximumPemLength) {
    throw new CertificateError('too-large', `it is longer than ${maximumPemLength} characters`)
  }
  const lines = pem.split(pem.includes('\r\n') ? '\r\n' : '\n')
  while (lines[0] === '') lines.shift()
  while (lines.at(-1) === '') lines.pop()
  const [first, ...rest] = lines
  if (first === undefined) throw new CertificateError('not-pem', 'it is empty')
  if (first !== begin) throw notABeginning(first)
  const last = rest.indexOf(end)
  if (last === -1) throw new CertificateError('not-pem', `it has no line ${end}`)
  if (last !== rest.length - 1) throw somethingAfter(rest.slice(last + 1))
  return decodeBase64Lines(rest.slice(0, last))
}

/** Writes bytes as a PEM CERTIFICATE block: lines of 64 characters, each ended by a line feed. */
export function encodeCertificatePem(der: Uint8Array): string {
  const base64 = Buffer.from(der).toString('base64')
  const lines = base64.match(/.{1,64}/g) ?? []
  return [begin, ...lines, end, ''].join('\n')
}

/**
 * Decodes the lines between the boundaries of a PEM block: base64 of RFC 4648 section 4, padded,
 * with no other character, and with its last bits zero.
 *
 * @throws {CertificateError} `bad-base64`
 */
export function decodeBase64Lines(lines: readonly string[]): Uint8Array {
  if (lines.some(line => line === '')) {
    throw new CertificateError('bad-base64', 'an empty line stands inside it')
  }
  return decodeBase64(lines.join(''))
}

/**
 * Decodes base64 in its one canonical form.
 *
 * @throws {CertificateError} `bad-base64`
 */
export function decodeBase64(base64: string): Uint8Array {
  const bytes = Buffer.from(base64, 'base64')
  // Node skips what it does not know, so only what encodes back to itself was base64.
  if (bytes.length === 0 || bytes.toString('base64') !== base64) {
    throw new CertificateError('bad-base64', 'its base64 is empty, broken or not canonical')
  }
  return new Uint8Array(bytes)
}

function notABeginning(line: string): CertificateError {
  return /^-----BEGIN [^\n]*-----$/.test(line)
    ? new CertificateError('wrong-label', 'its PEM label is not CERTIFICATE')
    : new CertificateError('not-pem', `it does not start with the line ${begin}`)
}

function somethingAfter(lines: readonly string[]): CertificateError {
  return lines.some(line => line.startsWith('-----BEGIN '))
    ? new CertificateError('several-blocks', 'it has more than one PEM block')
    : new CertificateError('not-pem', 'something follows the PEM block')
}
