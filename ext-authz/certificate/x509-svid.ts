import { createHash } from 'node:crypto'
import { parseSpiffeId, type SpiffeId, SpiffeIdError } from '../../policy/index.js'
import { readBasicConstraints } from './basic-constraints.js'
import { type Certificate, decodeCertificate } from './certificate.js'
import { CertificateError } from './certificate-error.js'
import { checkCriticalExtensions, extensionId } from './extension.js'
import { keyPurpose, readExtendedKeyUsage, readKeyUsage } from './key-usage.js'
import { readNameConstraints } from './name-constraints.js'
import { readCertificatePem } from './pem.js'
import { checkSecondReading } from './second-reading.js'
import { readAlternativeNames } from './subject-alternative-name.js'
import { X509SvidError } from './x509-svid-error.js'

/** A valid X.509-SVID: an identity and the certificate that carries it. */
export interface X509Svid {
  readonly spiffeId: SpiffeId
  /** The SPIFFE ID as it stands in the certificate. */
  readonly uri: string
  /** The first and the last moment of its validity. */
  readonly notBefore: Date
  readonly notAfter: Date
  /** In lower-case hexadecimal, two digits an octet. */
  readonly serialNumber: string
  /** The certificate's bytes. */
  readonly der: Uint8Array
  /** SHA-256 of the certificate's bytes, base64url without padding: `x5t#S256` of RFC 8705. */
  readonly thumbprintS256: string
}

/** What a certificate is held against. */
export interface X509SvidOptions {
  /** The moment at which the certificate must be valid; a number is milliseconds since 1970. */
  readonly at: Date | number
  /** `client`: a certificate whose Extended Key Usage keeps it from clients is refused. */
  readonly usage?: 'client' | undefined
}

/** What may be critical in a leaf: each is either applied here or asks for nothing here. */
const knownExtensions: ReadonlySet<string> = new Set([
  extensionId.keyUsage,
  extensionId.subjectAlternativeName,
  extensionId.basicConstraints,
  extensionId.crlDistributionPoints,
  extensionId.certificatePolicies,
  extensionId.extendedKeyUsage,
])

/**
 * Parses an X.509-SVID: exactly one PEM CERTIFICATE block with a leaf certificate that holds every
 * rule of SPIFFE X509-SVID.md sections 2 to 5 and RFC 5280 section 4 at the given moment.
 *
 * - one URI SAN, a SPIFFE ID with a path (2, 5.2): a DNS name, subject or e-mail never counts
 * - cA false, no keyCertSign, no cRLSign, digitalSignature (4.1, 4.3, 5.2)
 * - within its validity, both ends included (RFC 5280 section 4.1.2.5)
 * - no critical extension that is not understood (RFC 5280 section 4.2)
 *
 * Verdicts are go-spiffe's, of `x509svid.Parse` and of the leaf rules of `x509svid.Verify` together,
 * and stricter where the encoding leaves a doubt. The signature is not looked at: that is
 * {@link verifyX509Svid}.
 *
 * @throws {X509SvidError} for anything else, whatever the input is
 *
 * @example
 * parseX509Svid(readFileSync('svid.pem', 'utf8'), { at: new Date() }).spiffeId
 * // { trustDomain: 'example.org', path: '/ns/applications/sa/mywebsite' }
 */
export function parseX509Svid(pem: string, options: X509SvidOptions): X509Svid {
  const { at, usage } = options ?? {}
  const moment = momentOf(at)
  return asSvidError(() => {
    const certificate = decodeCertificate(readCertificatePem(pem))
    const { uri, spiffeId } = readIdentity(certificate)
    checkLeaf(certificate)
    checkSecondReading(certificate, [uri])
    if (usage === 'client') checkClientUsage(certificate)
    checkValidity(certificate, moment)
    return {
      spiffeId,
      uri,
      notBefore: new Date(certificate.notBefore),
      notAfter: new Date(certificate.notAfter),
      serialNumber: certificate.serialNumber,
      der: certificate.der,
      thumbprintS256: createHash('sha256').update(certificate.der).digest('base64url'),
    }
  })
}

/**
 * Gives a moment in milliseconds since 1970.
 *
 * @throws {X509SvidError} `bad-moment` for an invalid Date and for anything that is no moment
 */
export function momentOf(at: Date | number): number {
  const moment = at instanceof Date ? at.getTime() : at
  if (typeof moment !== 'number' || !Number.isFinite(moment)) {
    throw new X509SvidError('bad-moment', 'the moment to hold it against is no moment')
  }
  return moment
}

/** Runs a reader of certificates and tells its errors as errors of the SVID. */
export function asSvidError<T>(read: () => T): T {
  try {
    return read()
  } catch (error) {
    if (error instanceof CertificateError) {
      throw new X509SvidError(error.code, error.rule, { cause: error })
    }
    throw error
  }
}

function readIdentity({ extensions }: Certificate): { uri: string; spiffeId: SpiffeId } {
  const names = readAlternativeNames(extensions) ?? []
  const [uri, ...others] = names.filter(({ kind }) => kind === 'uri').map(({ text }) => text)
  if (uri === undefined) throw new X509SvidError('no-uri', 'it has no URI SAN')
  if (others.length > 0) throw new X509SvidError('several-uris', 'it has more than one URI SAN')
  return { uri, spiffeId: readSpiffeId(uri) }
}

function readSpiffeId(uri: string): SpiffeId {
  try {
    const spiffeId = parseSpiffeId(uri)
    if (spiffeId.path === '') {
      throw new X509SvidError('root-path', 'its SPIFFE ID has no path')
    }
    // In a certificate the host of a URI is a domain name (RFC 5280 section 4.2.1.6), and go-spiffe
    // reads no certificate in which it is none.
    if (spiffeId.trustDomain.split('.').includes('')) {
      throw new X509SvidError('not-a-spiffe-id', 'its trust domain has an empty label')
    }
    return spiffeId
  } catch (error) {
    if (!(error instanceof SpiffeIdError)) throw error
    throw new X509SvidError('not-a-spiffe-id', `its URI SAN is no SPIFFE ID: ${error.rule}`, {
      cause: error,
    })
  }
}

function checkLeaf(certificate: Certificate): void {
  const { extensions } = certificate
  checkCriticalExtensions(extensions, knownExtensions)
  if (readBasicConstraints(extensions).ca) throw new X509SvidError('ca', 'it is an authority: cA')
  const keyUsage = readKeyUsage(extensions)
  if (keyUsage === undefined) throw new X509SvidError('no-key-usage', 'it has no Key Usage')
  if (keyUsage.keyCertSign) throw new X509SvidError('key-cert-sign', 'it may sign certificates')
  if (keyUsage.cRLSign) throw new X509SvidError('crl-sign', 'it may sign revocation lists')
  if (!keyUsage.digitalSignature) {
    throw new X509SvidError('no-digital-signature', 'its Key Usage lacks digitalSignature')
  }
  // Nothing is taken from these, but what cannot be read in them is a defect of the whole.
  readExtendedKeyUsage(extensions)
  readNameConstraints(certificate)
}

function checkClientUsage({ extensions }: Certificate): void {
  const purposes = readExtendedKeyUsage(extensions)
  if (purposes === undefined) return
  if (purposes.has(keyPurpose.clientAuth) || purposes.has(keyPurpose.any)) return
  throw new X509SvidError('not-for-clients', 'its Extended Key Usage has no clientAuth')
}

function checkValidity({ notBefore, notAfter }: Certificate, moment: number): void {
  if (moment < notBefore) throw new X509SvidError('not-yet-valid', 'it is not valid yet')
  if (moment > notAfter) throw new X509SvidError('expired', 'it has expired')
}
