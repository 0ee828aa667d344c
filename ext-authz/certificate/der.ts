import { CertificateError } from './certificate-error.js'

/** One DER element: its identifier octet, its content, and both with the length between them. */
export interface DerElement {
  readonly tag: number
  readonly content: Uint8Array
  readonly encoded: Uint8Array
}

/** Identifier octets, class and form included: X.690 section 8.1.2. */
export const tag = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  null: 0x05,
  objectIdentifier: 0x06,
  utf8String: 0x0c,
  numericString: 0x12,
  printableString: 0x13,
  teletexString: 0x14,
  ia5String: 0x16,
  utcTime: 0x17,
  generalizedTime: 0x18,
  bmpString: 0x1e,
  sequence: 0x30,
  set: 0x31,
} as const

/** The identifier octet of a context-specific tag that holds a plain value. */
export function contextTag(number: number): number {
  return 0x80 | number
}

/** The identifier octet of a context-specific tag that holds other elements. */
export function constructedContextTag(number: number): number {
  return 0xa0 | number
}

/**
 * Splits bytes into the DER elements that fill them, to the last byte.
 *
 * One encoding for one value, X.690 section 10.1: tags below 31 in one octet, definite lengths in
 * the fewest octets. What BER allows beyond that is refused, so that no two readers can disagree.
 *
 * @throws {CertificateError} `not-der`
 */
export function readElements(bytes: Uint8Array): DerElement[] {
  const elements: DerElement[] = []
  let offset = 0
  while (offset < bytes.length) {
    const element = readElement(bytes, offset)
    elements.push(element)
    offset += element.encoded.length
  }
  return elements
}

/**
 * Reads bytes that are one DER element and nothing after it.
 *
 * @throws {CertificateError} `not-der`, and `trailing-bytes` when something follows
 */
export function readSoleElement(bytes: Uint8Array): DerElement {
  const element = readElement(bytes, 0)
  if (element.encoded.length !== bytes.length) {
    throw new CertificateError('trailing-bytes', 'bytes follow the DER element')
  }
  return element
}

/**
 * Reads the elements inside a SEQUENCE, a SET or another constructed element of a known tag.
 *
 * @throws {CertificateError} `not-der` when the tag is another
 */
export function readFields(element: DerElement | undefined, expected: number): DerElement[] {
  return readElements(contentOf(element, expected))
}

/**
 * Gives the content of an element that must have the expected tag.
 *
 * @throws {CertificateError} `not-der` when it is missing or has another tag
 */
export function contentOf(element: DerElement | undefined, expected: number): Uint8Array {
  if (element === undefined) throw new CertificateError('not-der', 'an element is missing')
  if (element.tag !== expected) {
    const found = element.tag.toString(16)
    throw new CertificateError('not-der', `tag 0x${found} where 0x${expected.toString(16)} belongs`)
  }
  return element.content
}

/** Takes the first of the fields when it has the tag: an OPTIONAL element. */
export function takeOptional(fields: DerElement[], expected: number): DerElement | undefined {
  return fields[0]?.tag === expected ? fields.shift() : undefined
}

/** Refuses fields that are left over where the structure has ended. */
export function expectEnd(fields: readonly DerElement[]): void {
  if (fields.length > 0) throw new CertificateError('not-der', 'an element too many')
}

function readElement(bytes: Uint8Array, offset: number): DerElement {
  const identifier = bytes[offset]
  const first = bytes[offset + 1]
  if (identifier === undefined || first === undefined) throw cutShort()
  if ((identifier & 0x1f) === 0x1f) {
    throw new CertificateError('not-der', 'a tag of more than one octet')
  }
  const lengthOctets = first < 0x80 ? 0 : first & 0x7f
  const length = first < 0x80 ? first : readLongLength(bytes, offset + 2, lengthOctets)
  const start = offset + 2 + lengthOctets
  const end = start + length
  if (end > bytes.length) throw cutShort()
  return {
    tag: identifier,
    content: bytes.subarray(start, end),
    encoded: bytes.subarray(offset, end),
  }
}

function readLongLength(bytes: Uint8Array, offset: number, octets: number): number {
  if (octets === 0) throw new CertificateError('not-der', 'an indefinite length')
  // Three octets are 16 MiB, far beyond any limit on the whole.
  if (octets > 3) throw new CertificateError('not-der', 'a length of more than three octets')
  let length = 0
  for (let index = 0; index < octets; index++) {
    const octet = bytes[offset + index]
    if (octet === undefined) throw cutShort()
    length = length * 0x100 + octet
  }
  if (length < 0x80 || length < 0x100 ** (octets - 1)) {
    throw new CertificateError('not-der', 'a length in more octets than it needs')
  }
  return length
}

function cutShort(): CertificateError {
  return new CertificateError('not-der', 'an element is cut short')
}
