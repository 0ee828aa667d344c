import { readBasicConstraints } from './basic-constraints.js'
import type { Certificate } from './certificate.js'
import { CertificateError } from './certificate-error.js'
import { checkCriticalExtensions, extensionId } from './extension.js'
import { readKeyUsage } from './key-usage.js'
import { readNameConstraints } from './name-constraints.js'
import type { PublicKeyKind } from './public-key.js'

/** What an authority is to a trust bundle: trusted by itself, or by a path to what is. */
export type AuthorityRole = 'anchor' | 'intermediate'

/** Why a certificate cannot stand above another one in a path. */
export interface AuthorityDefect {
  /** `not-an-authority`: it never was one. `unusable`: it is one that cannot be used here. */
  readonly kind: 'not-an-authority' | 'unusable'
  readonly rule: string
}

/** What may be critical in an authority; policy constraints are not applied, so not among them. */
const knownExtensions: ReadonlySet<string> = new Set([
  extensionId.keyUsage,
  extensionId.subjectAlternativeName,
  extensionId.basicConstraints,
  extensionId.nameConstraints,
  extensionId.crlDistributionPoints,
  extensionId.certificatePolicies,
  extensionId.extendedKeyUsage,
])

const minimumModulusBits = 2048

/**
 * Tells what keeps a certificate from signing others, whatever the moment and the path; undefined
 * when nothing does.
 *
 * - cA, and keyCertSign when there is a Key Usage (RFC 5280 section 6.1.4 k and n). An intermediate
 *   must have one (SPIFFE X509-SVID.md section 4.3); an anchor is trusted because the bundle has it
 * - every critical extension understood; policy constraints in no case, as they are not applied
 * - a key of at least RSA 2048 or P-256
 */
export function authorityDefect(
  certificate: Certificate,
  role: AuthorityRole,
): AuthorityDefect | undefined {
  const { extensions, publicKey } = certificate
  try {
    if (!readBasicConstraints(extensions).ca) return notAnAuthority('it is not cA')
    const keyUsage = readKeyUsage(extensions)
    if (keyUsage !== undefined && !keyUsage.keyCertSign) {
      return notAnAuthority('its Key Usage lacks keyCertSign')
    }
    if (keyUsage === undefined && role === 'intermediate') return unusable('it has no Key Usage')
    checkCriticalExtensions(extensions, knownExtensions)
    if (extensions.has(extensionId.policyConstraints)) {
      return unusable('it has policy constraints, which are not applied here')
    }
    readNameConstraints(certificate)
  } catch (error) {
    if (error instanceof CertificateError) return unusable(error.rule)
    throw error
  }
  return isWeakKey(publicKey) || isSmallCurve(publicKey) ? unusable('its key is weak') : undefined
}

/** Tells whether a key is an RSA key of less than 2048 bits. */
export function isWeakKey(key: PublicKeyKind): boolean {
  return key.algorithm === 'rsa' && key.modulusBits < minimumModulusBits
}

function isSmallCurve(key: PublicKeyKind): boolean {
  return key.algorithm === 'ec' && key.curve === 'P-224'
}

function notAnAuthority(rule: string): AuthorityDefect {
  return { kind: 'not-an-authority', rule }
}

function unusable(rule: string): AuthorityDefect {
  return { kind: 'unusable', rule }
}
