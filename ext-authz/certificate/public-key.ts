import { CertificateError } from './certificate-error.js'
import { contentOf, type DerElement, expectEnd, readFields, readSoleElement, tag } from './der.js'
import { readInteger, readObjectIdentifier, readOctetAlignedBits } from './der-value.js'

/** A public key in as much detail as the rules ask for. */
export type PublicKeyKind =
  | { readonly algorithm: 'rsa'; readonly modulusBits: number }
  | { readonly algorithm: 'ec'; readonly curve: EllipticCurve }
  | { readonly algorithm: 'ed25519' }

/** The NIST curves, as go-spiffe's X.509 reader knows them. */
export type EllipticCurve = 'P-224' | 'P-256' | 'P-384' | 'P-521'

const curves: Readonly<Record<string, { curve: EllipticCurve; coordinateLength: number }>> = {
  '1.3.132.0.33': { curve: 'P-224', coordinateLength: 28 },
  '1.2.840.10045.3.1.7': { curve: 'P-256', coordinateLength: 32 },
  '1.3.132.0.34': { curve: 'P-384', coordinateLength: 48 },
  '1.3.132.0.35': { curve: 'P-521', coordinateLength: 66 },
}

/**
 * Reads a SubjectPublicKeyInfo of an RSA key (RFC 3279 section 2.3.1), of a key on a named NIST
 * curve with its point uncompressed (RFC 5480), or of an Ed25519 key (RFC 8410).
 *
 * Whether a point lies on its curve is for the cryptographic library to say.
 *
 * @throws {CertificateError} `bad-key` or `not-der`
 */
export function readPublicKey(element: DerElement | undefined): PublicKeyKind {
  const [algorithm, key, ...rest] = readFields(element, tag.sequence)
  expectEnd(rest)
  const [type, parameters, ...more] = readFields(algorithm, tag.sequence)
  expectEnd(more)
  const octets = readOctetAlignedBits(key)
  switch (readObjectIdentifier(type)) {
    case '1.2.840.113549.1.1.1':
      return rsaKey(parameters, octets)
    case '1.2.840.10045.2.1':
      return ellipticCurveKey(parameters, octets)
    case '1.3.101.112':
      return edwardsKey(parameters, octets)
    default:
      throw new CertificateError('bad-key', 'its key is neither RSA nor EC nor Ed25519')
  }
}

function rsaKey(parameters: DerElement | undefined, octets: Uint8Array): PublicKeyKind {
  if (contentOf(parameters, tag.null).length > 0) {
    throw new CertificateError('bad-key', 'its RSA key has parameters')
  }
  const [modulus, exponent, ...rest] = readFields(readSoleElement(octets), tag.sequence)
  expectEnd(rest)
  const modulusOctets = positive(readInteger(modulus))
  positive(readInteger(exponent))
  const leading = Math.clz32(modulusOctets[0] as number) - 24
  return { algorithm: 'rsa', modulusBits: modulusOctets.length * 8 - leading }
}

/** The octets of a number above zero, without the zero that keeps it from being negative. */
function positive(octets: Uint8Array): Uint8Array {
  const first = octets[0] as number
  if (first >= 0x80 || octets.every(octet => octet === 0)) {
    throw new CertificateError('bad-key', 'its RSA key has a number that is not above zero')
  }
  return first === 0 ? octets.subarray(1) : octets
}

function ellipticCurveKey(parameters: DerElement | undefined, octets: Uint8Array): PublicKeyKind {
  const known = curves[readObjectIdentifier(parameters)]
  if (known === undefined) {
    throw new CertificateError('bad-key', 'its key is on another curve than P-224 to P-521')
  }
  if (octets[0] !== 0x04 || octets.length !== 1 + 2 * known.coordinateLength) {
    throw new CertificateError('bad-key', 'its key is not an uncompressed point of its curve')
  }
  return { algorithm: 'ec', curve: known.curve }
}

function edwardsKey(parameters: DerElement | undefined, octets: Uint8Array): PublicKeyKind {
  if (parameters !== undefined || octets.length !== 32) {
    throw new CertificateError('bad-key', 'its Ed25519 key has parameters or another length')
  }
  return { algorithm: 'ed25519' }
}
