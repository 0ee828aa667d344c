import { type AuthorityRole, authorityDefect, isWeakKey } from './authority.js'
import { readBasicConstraints } from './basic-constraints.js'
import { type Certificate, decodeCertificate, sameOctets } from './certificate.js'
import { permitsNames, readNameConstraints } from './name-constraints.js'
import { isSignedBy, type SignatureScheme, signatureScheme } from './signature.js'
import type { TrustBundle } from './trust-bundle.js'
import { asSvidError, momentOf, type X509Svid } from './x509-svid.js'
import { X509SvidError } from './x509-svid-error.js'

/** The most certificates that a path may have, the leaf and the root among them. */
const maximumLength = 8

/** The most signatures that are checked for one leaf, whatever the bundle holds. */
const maximumSignatureChecks = 100

interface Search {
  readonly bundle: TrustBundle
  readonly moment: number
  signatureChecks: number
  /** The most telling reason so far why a path was not gone on with. */
  refusal: X509SvidError | undefined
}

/**
 * Verifies an X.509-SVID against the bundle of its own trust domain: a path of RFC 5280 section 6.1
 * from the leaf over intermediates of the bundle to one of its roots, all from what is at hand,
 * since Envoy hands on the leaf alone.
 *
 * Each name is the subject of the next octet by octet, each signature holds (RSA from 2048 bits
 * with SHA-2, ECDSA on P-256 to P-521 with SHA-2, Ed25519), each certificate is valid at the moment,
 * each authority has cA and keyCertSign, path length and name constraints hold, the roots' too.
 * There is no revocation here: an SVID is short-lived instead.
 *
 * @returns the path's certificates, the leaf first and the root last
 * @throws {X509SvidError} `other-trust-domain`, `not-yet-valid`, `expired`, `weak-key`,
 * `weak-signature`, `bad-signature`, `unknown-authority`, `unusable-authority`, `path-too-long`
 */
export function verifyX509Svid(
  svid: X509Svid,
  bundle: TrustBundle,
  { at }: { readonly at: Date | number },
): readonly Uint8Array[] {
  const moment = momentOf(at)
  if (svid.spiffeId.trustDomain !== bundle.trustDomain) {
    throw new X509SvidError('other-trust-domain', 'it is of another trust domain than the bundle')
  }
  return asSvidError(() => {
    const leaf = decodeCertificate(svid.der)
    if (moment < leaf.notBefore) throw new X509SvidError('not-yet-valid', 'it is not valid yet')
    if (moment > leaf.notAfter) throw new X509SvidError('expired', 'it has expired')
    if (isWeakKey(leaf.publicKey)) throw new X509SvidError('weak-key', 'its key is weak')
    const search: Search = { bundle, moment, signatureChecks: 0, refusal: undefined }
    const path = findPath([leaf], search)
    if (path !== undefined) return path.map(({ der }) => der)
    throw (
      search.refusal ??
      new X509SvidError('unknown-authority', 'no authority of the bundle has its issuer as name')
    )
  })
}

function findPath(
  below: readonly Certificate[],
  search: Search,
): readonly Certificate[] | undefined {
  const last = below.at(-1) as Certificate
  const scheme = signatureScheme(last.signatureAlgorithm)
  if (scheme === undefined) {
    refuse(search, 'weak-signature', 'a signature in its path is of a weak or unknown algorithm')
    return undefined
  }
  const { anchors, intermediates } = search.bundle
  for (const candidate of anchors) {
    if (goesOn(below, candidate, 'anchor', scheme, search)) return [...below, candidate]
  }
  for (const candidate of intermediates) {
    if (!goesOn(below, candidate, 'intermediate', scheme, search)) continue
    const path = findPath([...below, candidate], search)
    if (path !== undefined) return path
  }
  return undefined
}

/** Tells whether a candidate is the authority above the certificates so far. */
function goesOn(
  below: readonly Certificate[],
  candidate: Certificate,
  role: AuthorityRole,
  scheme: SignatureScheme,
  search: Search,
): boolean {
  const child = below.at(-1) as Certificate
  if (!sameOctets(child.issuer, candidate.subject) || isAmong(below, candidate)) return false
  if (below.length >= maximumLength || search.signatureChecks >= maximumSignatureChecks) {
    refuse(search, 'path-too-long', 'its path is too long to be followed')
    return false
  }
  search.signatureChecks++
  if (!isSignedBy(child, scheme, candidate)) {
    refuse(search, 'bad-signature', 'no authority of that name in the bundle has signed it')
    return false
  }
  const rule = brokenRule(below, candidate, role, search.moment)
  if (rule !== undefined) refuse(search, 'unusable-authority', `an authority in its path: ${rule}`)
  return rule === undefined
}

function brokenRule(
  below: readonly Certificate[],
  candidate: Certificate,
  role: AuthorityRole,
  moment: number,
): string | undefined {
  const defect = authorityDefect(candidate, role)
  if (defect !== undefined) return defect.rule
  if (moment < candidate.notBefore) return 'it is not valid yet'
  if (moment > candidate.notAfter) return 'it has expired'
  const { pathLength } = readBasicConstraints(candidate.extensions)
  // All but the leaf are intermediates, self-issued ones too, which RFC 5280 would not count.
  if (pathLength !== undefined && below.length - 1 > pathLength) {
    return 'more authorities are below it than its path length allows'
  }
  const constraints = readNameConstraints(candidate)
  if (constraints !== undefined && !below.every(child => permitsNames(constraints, child))) {
    return 'its name constraints do not permit a name below it'
  }
  return undefined
}

/** The same name and key: a loop of cross-signed authorities, whatever else differs. */
function isAmong(path: readonly Certificate[], { subject, subjectPublicKeyInfo }: Certificate) {
  return path.some(
    certificate =>
      sameOctets(certificate.subject, subject) &&
      sameOctets(certificate.subjectPublicKeyInfo, subjectPublicKeyInfo),
  )
}

/** Keeps the first reason, and a later one only in place of a signature by another key. */
function refuse(search: Search, code: X509SvidError['code'], rule: string): void {
  if (search.refusal === undefined || search.refusal.code === 'bad-signature') {
    search.refusal = new X509SvidError(code, rule)
  }
}
