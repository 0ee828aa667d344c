import { CertificateError } from './certificate-error.js'
import { type DerElement, readElements, readFields, tag } from './der.js'
import { readObjectIdentifier } from './der-value.js'

/** The string types of RFC 5280 section 4.1.2.4 whose octets are readable as they stand. */
const plainStrings: ReadonlySet<number> = new Set([
  tag.utf8String,
  tag.numericString,
  tag.printableString,
  tag.teletexString,
  tag.ia5String,
])

/**
 * Checks the structure of a distinguished name (RFC 5280 section 4.1.2.4). Nothing is taken out of
 * it: a subject identifies nobody here, and names of issuers are compared octet by octet.
 *
 * @throws {CertificateError} `bad-name` or `not-der`
 */
export function checkName(element: DerElement | undefined): void {
  for (const relativeName of readFields(element, tag.sequence)) {
    const attributes = readFields(relativeName, tag.set)
    if (attributes.length === 0) throw new CertificateError('bad-name', 'a name has an empty part')
    for (const attribute of attributes) checkAttribute(attribute)
  }
}

/** Tells whether a distinguished name, given with its header, has no part at all. */
export function isEmptyName(encoded: Uint8Array): boolean {
  return readElements(encoded)[0]?.content.length === 0
}

function checkAttribute(attribute: DerElement): void {
  const [type, value, ...rest] = readFields(attribute, tag.sequence)
  readObjectIdentifier(type)
  if (value === undefined || rest.length > 0) {
    throw new CertificateError('bad-name', 'an attribute of a name has no value, or several')
  }
  if (value.tag === tag.bmpString) {
    if (value.content.length % 2 === 0) return
  } else if (plainStrings.has(value.tag) && isReadable(value)) {
    return
  }
  throw new CertificateError('bad-name', 'a name is not text, or has control characters')
}

function isReadable({ tag: type, content }: DerElement): boolean {
  if (content.some(isControl)) return false
  if (type === tag.teletexString) return true
  if (type !== tag.utf8String) return content.every(octet => octet < 0x80)
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(content)
    return true
  } catch {
    return false
  }
}

/** C0 controls and DEL. */
export function isControl(octet: number): boolean {
  return octet < 0x20 || octet === 0x7f
}
