import { CertificateError } from './certificate-error.js'
import { contentOf, type DerElement, expectEnd, readFields, tag, takeOptional } from './der.js'
import { readBoolean, readObjectIdentifier } from './der-value.js'

/** One extension of a certificate: RFC 5280 section 4.1.2.9. */
export interface Extension {
  readonly critical: boolean
  /** The DER inside the OCTET STRING. */
  readonly value: Uint8Array
}

/** The identifiers of the extensions that have a meaning here. */
export const extensionId = {
  subjectKeyIdentifier: '2.5.29.14',
  keyUsage: '2.5.29.15',
  subjectAlternativeName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  nameConstraints: '2.5.29.30',
  crlDistributionPoints: '2.5.29.31',
  certificatePolicies: '2.5.29.32',
  policyMappings: '2.5.29.33',
  authorityKeyIdentifier: '2.5.29.35',
  policyConstraints: '2.5.29.36',
  extendedKeyUsage: '2.5.29.37',
  inhibitAnyPolicy: '2.5.29.54',
  authorityInformationAccess: '1.3.6.1.5.5.7.1.1',
} as const

/**
 * Reads the extensions of a certificate by their identifiers.
 *
 * @throws {CertificateError} `duplicate-extension` when an identifier comes twice, `not-der`
 */
export function readExtensions(element: DerElement | undefined): ReadonlyMap<string, Extension> {
  const extensions = new Map<string, Extension>()
  if (element === undefined) return extensions
  const [list, ...rest] = readFields(element, element.tag)
  expectEnd(rest)
  for (const entry of readFields(list, tag.sequence)) {
    const [identifier, extension] = readExtension(entry)
    if (extensions.has(identifier)) {
      throw new CertificateError('duplicate-extension', `extension ${identifier} comes twice`)
    }
    extensions.set(identifier, extension)
  }
  return extensions
}

/**
 * Refuses a certificate with a critical extension that is not among the known ones.
 *
 * RFC 5280 section 4.2: what must be understood and is not, makes the certificate unusable.
 *
 * @throws {CertificateError} `unknown-critical-extension`
 */
export function checkCriticalExtensions(
  extensions: ReadonlyMap<string, Extension>,
  known: ReadonlySet<string>,
): void {
  for (const [identifier, { critical }] of extensions) {
    if (critical && !known.has(identifier)) {
      throw new CertificateError(
        'unknown-critical-extension',
        `its critical extension ${identifier} is not one that may be critical here`,
      )
    }
  }
}

function readExtension(entry: DerElement): [string, Extension] {
  const fields = readFields(entry, tag.sequence)
  const identifier = readObjectIdentifier(fields.shift())
  const critical = takeOptional(fields, tag.boolean)
  const value = contentOf(fields.shift(), tag.octetString)
  expectEnd(fields)
  return [identifier, { critical: critical !== undefined && readBoolean(critical), value }]
}
