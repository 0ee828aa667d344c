import { type Diagnostic, type DiagnosticCode, diagnostic, type Place } from '../../policy/index.js'
import { type AuthorityRole, authorityDefect } from './authority.js'
import type { BundleCertificate } from './bundle-content.js'
import { type Certificate, decodeCertificate, sameOctets } from './certificate.js'
import { CertificateError } from './certificate-error.js'
import { isSignedBy, signatureScheme } from './signature.js'
import { readAlternativeNames } from './subject-alternative-name.js'

/** A certificate of a trust bundle and what it is there for. */
export interface Member {
  readonly certificate: Certificate
  readonly role: AuthorityRole
  readonly place: Place
}

/**
 * Decodes a certificate of a bundle. Where the form does not decide, a certificate that its own key
 * has signed is an anchor and every other one an intermediate.
 */
export function decodeMember({ der, place, role }: BundleCertificate): Member | Diagnostic {
  try {
    const certificate = decodeCertificate(der)
    return { certificate, place, role: role ?? roleOf(certificate) }
  } catch (error) {
    if (!(error instanceof CertificateError)) throw error
    return diagnostic(
      'SC0402',
      `a certificate of the trust bundle cannot be read: ${error.rule}`,
      'Replace it with the certificate of the authority as it was issued.',
      place,
    )
  }
}

/** Self-signed: its own name as issuer, and its own key under it. */
function roleOf(certificate: Certificate): AuthorityRole {
  const scheme = signatureScheme(certificate.signatureAlgorithm)
  const selfSigned =
    sameOctets(certificate.issuer, certificate.subject) &&
    scheme !== undefined &&
    isSignedBy(certificate, scheme, certificate)
  return selfSigned ? 'anchor' : 'intermediate'
}

/** Tells what is wrong with one certificate of the bundle of a trust domain at a moment. */
export function memberDiagnostics(
  { certificate, role, place }: Member,
  trustDomain: string,
  moment: number,
): Diagnostic[] {
  const at = (code: DiagnosticCode, message: string, hint: string) =>
    diagnostic(code, message, hint, place)
  const defect = authorityDefect(certificate, role)
  if (defect?.kind === 'not-an-authority') {
    const hint = 'A trust bundle holds authorities only: take the certificate out.'
    return [
      at('SC0403', `a certificate of the trust bundle is no authority's: ${defect.rule}`, hint),
    ]
  }
  const found: Diagnostic[] = []
  if (defect !== undefined) {
    const hint = 'No SVID will be accepted through it: replace the authority.'
    found.push(
      at('SC0408', `an authority of the trust bundle cannot be used: ${defect.rule}`, hint),
    )
  }
  if (!isValidAt(certificate, moment)) {
    const word = moment > certificate.notAfter ? 'has expired' : 'is not valid yet'
    const hint = 'Add the authority that has taken its place.'
    found.push(at('SC0406', `an authority of the trust bundle ${word}`, hint))
  }
  if (namesOtherTrustDomain(certificate, trustDomain)) {
    const hint = `Make sure that it may issue identities of ${trustDomain}.`
    found.push(at('SC0409', 'an authority of the trust bundle names another trust domain', hint))
  }
  return found
}

/** Tells whether a moment lies within a certificate's validity. */
export function isValidAt({ notBefore, notAfter }: Certificate, moment: number): boolean {
  return moment >= notBefore && moment <= notAfter
}

function namesOtherTrustDomain({ extensions }: Certificate, trustDomain: string): boolean {
  const names = readNamesOf(extensions)
  return names.some(
    ({ kind, text }) =>
      kind === 'uri' &&
      text.startsWith('spiffe://') &&
      text !== `spiffe://${trustDomain}` &&
      !text.startsWith(`spiffe://${trustDomain}/`),
  )
}

function readNamesOf(extensions: Certificate['extensions']) {
  try {
    return readAlternativeNames(extensions) ?? []
  } catch (error) {
    if (error instanceof CertificateError) return []
    throw error
  }
}
