import { CertificateError } from './certificate-error.js'
import {
  constructedContextTag,
  contextTag,
  type DerElement,
  readFields,
  readSoleElement,
  tag,
} from './der.js'
import { type Extension, extensionId } from './extension.js'
import { isControl } from './name.js'

/** One subject alternative name: RFC 5280 section 4.2.1.6. */
export interface AlternativeName {
  readonly kind: AlternativeNameKind
  /** The text of an e-mail, DNS or URI name; empty for the others. */
  readonly text: string
  readonly content: Uint8Array
}

/** The kinds of GeneralName. */
export type AlternativeNameKind = (typeof kinds)[number]['kind']

const kinds = [
  { tag: constructedContextTag(0), kind: 'other' },
  { tag: contextTag(1), kind: 'email' },
  { tag: contextTag(2), kind: 'dns' },
  { tag: constructedContextTag(3), kind: 'x400' },
  { tag: constructedContextTag(4), kind: 'directory' },
  { tag: constructedContextTag(5), kind: 'edi-party' },
  { tag: contextTag(6), kind: 'uri' },
  { tag: contextTag(7), kind: 'ip' },
  { tag: contextTag(8), kind: 'registered-id' },
] as const

/**
 * Reads the subject alternative names in their order; undefined when the extension is absent.
 *
 * Text is ASCII without control characters: a NUL would end the name for a reader written in C and
 * not for another, which has been a way to pass for somebody else.
 *
 * @throws {CertificateError} `bad-extension` or `not-der`
 */
export function readAlternativeNames(
  extensions: ReadonlyMap<string, Extension>,
): readonly AlternativeName[] | undefined {
  const extension = extensions.get(extensionId.subjectAlternativeName)
  if (extension === undefined) return undefined
  return readFields(readSoleElement(extension.value), tag.sequence).map(name =>
    readAlternativeName(name, 'name'),
  )
}

/**
 * Reads one GeneralName: a subject alternative name, or the base of a name constraint, in which an
 * IP address comes with its mask.
 *
 * @throws {CertificateError} `bad-extension`
 */
export function readAlternativeName(
  element: DerElement,
  role: 'name' | 'constraint',
): AlternativeName {
  const kind = kinds.find(candidate => candidate.tag === element.tag)?.kind
  if (kind === undefined) {
    throw new CertificateError('bad-extension', 'a subject alternative name is of no known kind')
  }
  const { content } = element
  const addresses = role === 'name' ? 1 : 2
  if (kind === 'ip' && content.length !== 4 * addresses && content.length !== 16 * addresses) {
    throw new CertificateError('bad-extension', 'an IP address is of neither version')
  }
  return { kind, content, text: isText(kind) ? readText(content) : '' }
}

function isText(kind: AlternativeNameKind): boolean {
  return kind === 'email' || kind === 'dns' || kind === 'uri'
}

function readText(content: Uint8Array): string {
  if (content.some(octet => octet >= 0x80 || isControl(octet))) {
    throw new CertificateError(
      'bad-extension',
      'a subject alternative name has characters that are not printable ASCII',
    )
  }
  return Buffer.from(content).toString('latin1')
}
