import { CertificateError } from './certificate-error.js'
import { contentOf, type DerElement, tag } from './der.js'

/** A BIT STRING: its octets, and how many bits of the last one do not count. */
export interface BitString {
  readonly octets: Uint8Array
  readonly unusedBits: number
}

/**
 * Reads a BOOLEAN: one octet, 0x00 or 0xff (X.690 section 11.1).
 *
 * A FALSE that stands where it is the default is read, as go-spiffe and OpenSSL read it: DER would
 * leave it out, but it cannot be taken for anything else.
 *
 * @throws {CertificateError} `not-der`
 */
export function readBoolean(element: DerElement | undefined): boolean {
  const [octet, ...rest] = contentOf(element, tag.boolean)
  if (rest.length > 0 || (octet !== 0x00 && octet !== 0xff)) {
    throw new CertificateError('not-der', 'a BOOLEAN that is neither 0x00 nor 0xff')
  }
  return octet === 0xff
}

/**
 * Reads an INTEGER as its two's complement octets, in the fewest that hold it (X.690 section 8.3).
 *
 * @throws {CertificateError} `not-der`
 */
export function readInteger(element: DerElement | undefined): Uint8Array {
  const octets = contentOf(element, tag.integer)
  const [first, second] = octets
  if (first === undefined) throw new CertificateError('not-der', 'an INTEGER without octets')
  if (second !== undefined && (first === 0x00 ? second < 0x80 : first === 0xff && second >= 0x80)) {
    throw new CertificateError('not-der', 'an INTEGER in more octets than it needs')
  }
  return octets
}

/**
 * Reads an INTEGER that is not negative and small enough to count with.
 *
 * @throws {CertificateError} `not-der`
 */
export function readCount(element: DerElement | undefined): number {
  const octets = readInteger(element)
  if ((octets[0] as number) >= 0x80 || octets.length > 4) {
    throw new CertificateError('not-der', 'an INTEGER that is negative or too large')
  }
  return octets.reduce((count, octet) => count * 0x100 + octet, 0)
}

/**
 * Reads a BIT STRING whose unused bits are zero (X.690 section 11.2.1).
 *
 * @throws {CertificateError} `not-der`
 */
export function readBitString(element: DerElement | undefined): BitString {
  const content = contentOf(element, tag.bitString)
  const unusedBits = content[0]
  const octets = content.subarray(1)
  const last = octets[octets.length - 1]
  if (
    unusedBits === undefined ||
    unusedBits > 7 ||
    (last === undefined ? unusedBits > 0 : (last & ((1 << unusedBits) - 1)) !== 0)
  ) {
    throw new CertificateError('not-der', 'a BIT STRING whose unused bits are not zero')
  }
  return { octets, unusedBits }
}

/**
 * Reads a BIT STRING of whole octets.
 *
 * @throws {CertificateError} `not-der`
 */
export function readOctetAlignedBits(element: DerElement | undefined): Uint8Array {
  const { octets, unusedBits } = readBitString(element)
  if (unusedBits > 0) throw new CertificateError('not-der', 'a BIT STRING of broken octets')
  return octets
}

/**
 * Reads an OBJECT IDENTIFIER in its dotted form, such as `2.5.29.17`; each arc below 2^31.
 *
 * @throws {CertificateError} `not-der`
 */
export function readObjectIdentifier(element: DerElement | undefined): string {
  const octets = contentOf(element, tag.objectIdentifier)
  const arcs: number[] = []
  let arc = 0
  let started = false
  for (const octet of octets) {
    if (!started && octet === 0x80) throw notAnIdentifier()
    arc = arc * 0x80 + (octet & 0x7f)
    if (arc > 0x7fffffff) throw notAnIdentifier()
    started = octet >= 0x80
    if (!started) {
      arcs.push(arc)
      arc = 0
    }
  }
  const [head, ...tail] = arcs
  if (head === undefined || started) throw notAnIdentifier()
  const root = Math.min(Math.floor(head / 40), 2)
  return [root, head - root * 40, ...tail].join('.')
}

function notAnIdentifier(): CertificateError {
  return new CertificateError('not-der', 'an OBJECT IDENTIFIER that is cut short or not canonical')
}
