import { createPublicKey, type JsonWebKey } from 'node:crypto'
import {
  type Diagnostic,
  diagnostic,
  type Place,
  placeAt,
  readYamlDocuments,
  type YamlNode,
} from '../../policy/index.js'
import type { BundleCertificate, BundleContent } from './bundle-content.js'
import { decodeCertificate } from './certificate.js'
import { CertificateError } from './certificate-error.js'
import { decodeBase64 } from './pem.js'

/** The members of a JWK that only a private or a secret key has: RFC 7518 section 6. */
const privateMembers = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k']

interface Entry {
  readonly use?: unknown
  readonly x5c?: unknown
}

/**
 * Reads the JSON form of a trust bundle: SPIFFE_Trust_Domain_and_Bundle.md section 4, a JWK Set.
 *
 * Entries for `x509-svid` have one certificate each, whose key is the entry's own (RFC 7517 section
 * 4.7); entries for another use are passed over, and so is one without a certificate, with a
 * warning. An empty `keys` is a bundle that trusts nothing.
 */
export function readSpiffeBundle(text: string, file: string): BundleContent {
  const start: Place = { file, line: 1, column: 1 }
  const parsed = parseJson(text, start)
  if ('code' in parsed) return { certificates: [], diagnostics: [parsed] }
  // The YAML reader gives the places and refuses a key that comes twice; the values are JSON's.
  const { documents, diagnostics } = readYamlDocuments(text, file)
  const [document] = documents
  if (document === undefined) return { certificates: [], diagnostics }
  const { keys } = parsed.value
  if (!Array.isArray(keys) || !keys.every(isEntry)) {
    return refuse('keys is missing, or not a list of keys', placeAt(document, ['keys']))
  }
  const read = keys.map((entry, index) => readEntry(entry, document, index))
  return {
    certificates: read.flatMap(found => (found !== undefined && 'der' in found ? [found] : [])),
    diagnostics: read.flatMap(found => (found !== undefined && 'code' in found ? [found] : [])),
  }
}

function readEntry(
  entry: Entry,
  document: YamlNode,
  index: number,
): BundleCertificate | Diagnostic | undefined {
  const at = (...members: string[]) => placeAt(document, ['keys', index, ...members])
  const secret = privateMembers.find(member => Object.hasOwn(entry, member))
  if (secret !== undefined) {
    const hint =
      'Take it out, and hold it for known to everyone who could read the file: replace the key.'
    return diagnostic('SC0405', 'there is a private key in the trust bundle', hint, at(secret))
  }
  if (entry.use !== 'x509-svid') return undefined
  const { x5c } = entry
  if (x5c === undefined || (Array.isArray(x5c) && x5c.length === 0)) {
    const hint = 'Give its x5c one certificate.'
    return diagnostic('SC0410', 'this entry has no certificate and is passed over', hint, at())
  }
  const [certificate, ...rest] = Array.isArray(x5c) ? x5c : []
  if (typeof certificate !== 'string' || rest.length > 0) {
    const hint = 'Make one entry of each certificate.'
    return diagnostic('SC0401', 'x5c is not a list of one certificate', hint, at('x5c'))
  }
  return readCertificate(entry, certificate, at('x5c'))
}

function readCertificate(
  entry: Entry,
  base64: string,
  place: Place,
): BundleCertificate | Diagnostic {
  try {
    const der = decodeBase64(base64)
    const { subjectPublicKeyInfo } = decodeCertificate(der)
    if (Buffer.compare(publicKeyOfEntry(entry), subjectPublicKeyInfo) === 0) {
      return { der, place, role: 'anchor' }
    }
    return unreadable('its key is not the key of its entry', place)
  } catch (error) {
    if (error instanceof CertificateError) return unreadable(error.rule, place)
    return unreadable('its entry is not a public key', place)
  }
}

function publicKeyOfEntry(entry: Entry): Buffer {
  const key = createPublicKey({ key: entry as JsonWebKey, format: 'jwk' })
  return key.export({ format: 'der', type: 'spki' })
}

function unreadable(rule: string, place: Place): Diagnostic {
  const hint = 'Replace the entry with the one that the trust domain publishes.'
  const message = `a certificate of the trust bundle cannot be read: ${rule}`
  return diagnostic('SC0402', message, hint, place)
}

function parseJson(
  text: string,
  start: Place,
): { readonly value: { readonly keys?: unknown } } | Diagnostic {
  try {
    return { value: JSON.parse(text) }
  } catch (error) {
    const position = /at position (\d+)/.exec(String(error))?.[1] ?? text.length
    const line = text.slice(0, Number(position)).split('\n').length
    const hint = 'Write the bundle as the trust domain publishes it.'
    return diagnostic('SC0401', 'the trust bundle is not JSON', hint, { ...start, line })
  }
}

function isEntry(value: unknown): value is Entry {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function refuse(message: string, place: Place): BundleContent {
  const hint = 'A SPIFFE bundle is a JWK Set: {"keys": [...]}.'
  return { certificates: [], diagnostics: [diagnostic('SC0401', message, hint, place)] }
}
