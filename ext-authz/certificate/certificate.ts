import { CertificateError } from './certificate-error.js'
import {
  constructedContextTag,
  contextTag,
  type DerElement,
  expectEnd,
  readFields,
  readSoleElement,
  tag,
  takeOptional,
} from './der.js'
import { readCount, readInteger, readObjectIdentifier, readOctetAlignedBits } from './der-value.js'
import { type Extension, readExtensions } from './extension.js'
import { checkName } from './name.js'
import { checkPassiveExtensions } from './passive-extension.js'
import { type PublicKeyKind, readPublicKey } from './public-key.js'
import { readTime } from './time.js'

/** An X.509 version 3 certificate, taken apart; no rule about its meaning is applied yet. */
export interface Certificate {
  /** The certificate as it came. */
  readonly der: Uint8Array
  /** What is signed. */
  readonly tbs: Uint8Array
  /** In lower-case hexadecimal, two digits an octet. */
  readonly serialNumber: string
  /** Distinguished names with their headers, for comparing octet by octet. */
  readonly issuer: Uint8Array
  readonly subject: Uint8Array
  /** Milliseconds since 1970; both ends belong to the validity. */
  readonly notBefore: number
  readonly notAfter: number
  readonly publicKey: PublicKeyKind
  readonly subjectPublicKeyInfo: Uint8Array
  readonly extensions: ReadonlyMap<string, Extension>
  readonly signatureAlgorithm: SignatureAlgorithm
  readonly signature: Uint8Array
}

/** The algorithm identifier of a signature, RFC 5280 section 4.1.1.2. */
export interface SignatureAlgorithm {
  readonly identifier: string
  /** With its header; undefined when absent. */
  readonly parameters: Uint8Array | undefined
}

/**
 * Takes a certificate apart by RFC 5280 section 4.1, in DER and nothing else.
 *
 * Verdicts are those of Go's X.509 reader, on which go-spiffe stands, and stricter where an
 * encoding has no one reading: only version 3, nothing after any structure, times in their one form.
 *
 * @throws {CertificateError} for bytes that are not exactly one well-formed certificate
 */
export function decodeCertificate(der: Uint8Array): Certificate {
  const [tbs, algorithm, signature, ...rest] = readFields(readSoleElement(der), tag.sequence)
  expectEnd(rest)
  const fields = readFields(tbs, tag.sequence)
  checkVersion(takeOptional(fields, constructedContextTag(0)))
  const [serialNumber, innerAlgorithm, issuer, validity, subject, publicKey] = fields
  const optional = fields.slice(6)
  if (!sameOctets(innerAlgorithm?.encoded, algorithm?.encoded)) {
    throw new CertificateError('not-a-certificate', 'it names two signature algorithms')
  }
  checkName(issuer)
  checkName(subject)
  const [notBefore, notAfter, ...more] = readFields(validity, tag.sequence)
  expectEnd(more)
  return {
    der,
    tbs: encodingOf(tbs),
    serialNumber: readSerialNumber(serialNumber),
    issuer: encodingOf(issuer),
    subject: encodingOf(subject),
    notBefore: readTime(notBefore),
    notAfter: readTime(notAfter),
    publicKey: readPublicKey(publicKey),
    subjectPublicKeyInfo: encodingOf(publicKey),
    extensions: readOptionalFields(optional),
    signatureAlgorithm: readAlgorithm(algorithm),
    signature: readOctetAlignedBits(signature),
  }
}

/** Tells whether two runs of octets are the same. */
export function sameOctets(left: Uint8Array | undefined, right: Uint8Array | undefined): boolean {
  return left !== undefined && right !== undefined && Buffer.compare(left, right) === 0
}

function checkVersion(element: DerElement | undefined): void {
  const [version, ...rest] = element === undefined ? [] : readFields(element, element.tag)
  expectEnd(rest)
  if (version === undefined || readCount(version) !== 2) {
    throw new CertificateError('bad-version', 'it is not an X.509 version 3 certificate')
  }
}

function readSerialNumber(element: DerElement | undefined): string {
  const octets = readInteger(element)
  if ((octets[0] as number) >= 0x80) {
    throw new CertificateError('bad-serial-number', 'its serial number is negative')
  }
  const magnitude = octets.length > 1 && octets[0] === 0 ? octets.subarray(1) : octets
  return Buffer.from(magnitude).toString('hex')
}

/** Unique identifiers (RFC 5280 section 4.1.2.8) are let pass unread, the extensions are read. */
function readOptionalFields(fields: DerElement[]): ReadonlyMap<string, Extension> {
  takeOptional(fields, contextTag(1))
  takeOptional(fields, contextTag(2))
  const element = takeOptional(fields, constructedContextTag(3))
  expectEnd(fields)
  const extensions = readExtensions(element)
  checkPassiveExtensions(extensions)
  return extensions
}

function readAlgorithm(element: DerElement | undefined): SignatureAlgorithm {
  const [identifier, parameters, ...rest] = readFields(element, tag.sequence)
  expectEnd(rest)
  return { identifier: readObjectIdentifier(identifier), parameters: parameters?.encoded }
}

function encodingOf(element: DerElement | undefined): Uint8Array {
  if (element === undefined) {
    throw new CertificateError('not-a-certificate', 'a part of it is missing')
  }
  return element.encoded
}
