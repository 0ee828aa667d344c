import 'reflect-metadata/lite'
import { webcrypto } from 'node:crypto'
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  cryptoProvider,
  ExtendedKeyUsageExtension,
  Extension,
  type JsonGeneralNames,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  type X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509'
import {
  generateKeys,
  type Hash,
  type KeyType,
  pem,
  privateKeyPem,
  signing,
} from './throwaway-keys.js'

cryptoProvider.set(webcrypto as Crypto)

/** The Key Usage bits by the names of RFC 5280 section 4.2.1.3. */
export type KeyUsageName = keyof typeof KeyUsageFlags

/** A throwaway certificate authority: it issues, and what it issued is trusted by `caPem`. */
export interface Authority {
  readonly trustDomain: string
  readonly certificate: X509Certificate
  readonly keys: CryptoKeyPair
  /** The authority's own certificate, as PEM. */
  readonly certificatePem: string
  /** The private key of the authority, PKCS #8 as PEM. */
  readonly keyPem: string
  /** What a peer must send beside its leaf: the intermediates up to the root, without the root. */
  readonly intermediatesPem: string
  /** The root to trust. */
  readonly caPem: string
}

/** How to make an authority; everything that is not said is as a sound authority has it. */
export interface AuthorityOptions {
  readonly trustDomain: string
  readonly keyType?: KeyType
  /** True: a root is made too, and what is returned is the intermediate that it issued. */
  readonly intermediate?: boolean
  /** The authority that issues this one; without it the authority is a self-signed root. */
  readonly issuer?: Authority
  /** Such as `CN=Example root`. */
  readonly subject?: string
  /** The keys of another authority, for renewed and for cross-signed certificates. */
  readonly keys?: CryptoKeyPair
  readonly notBefore?: Date
  readonly notAfter?: Date
  readonly pathLength?: number
  /** cA; false makes the authority one that is none. */
  readonly ca?: boolean
  /** Null leaves the extension out. */
  readonly keyUsage?: readonly KeyUsageName[] | null
  /** The hash of the signature on this certificate. */
  readonly hash?: Hash
  readonly extensions?: readonly Extension[]
}

/** How to make an SVID; everything that is not said is as SPIFFE X509-SVID asks for. */
export interface SvidOptions {
  readonly spiffeId: string
  readonly keyType?: KeyType
  /** Empty unless said, as Istio issues. */
  readonly subject?: string
  readonly serialNumber?: string
  readonly notBefore?: Date
  readonly notAfter?: Date
  /** The URI SANs instead of the SPIFFE ID alone. */
  readonly uris?: readonly string[]
  readonly dnsNames?: readonly string[]
  readonly emails?: readonly string[]
  readonly ips?: readonly string[]
  /** The DER value of the SAN extension, as it stands; null leaves the extension out. */
  readonly subjectAlternativeName?: Uint8Array | null
  readonly subjectAlternativeNameCritical?: boolean
  /** cA of the Basic Constraints; null leaves the extension out. */
  readonly ca?: boolean | null
  /** Null leaves the extension out. */
  readonly keyUsage?: readonly KeyUsageName[] | null
  readonly keyUsageCritical?: boolean
  /** The OIDs of the Extended Key Usage; null leaves the extension out. */
  readonly extendedKeyUsage?: readonly string[] | null
  /** The hash of the signature. */
  readonly hash?: Hash
  /** Further extensions, also ones that are there already. */
  readonly extensions?: readonly Extension[]
}

/** An issued SVID, every part as PEM. */
export interface IssuedSvid {
  readonly spiffeId: string
  /** The leaf alone. */
  readonly certificate: string
  /** Its private key, PKCS #8. */
  readonly key: string
  /** The leaf and the intermediates after it: what a TLS peer sends. */
  readonly chain: string
  /** The root to trust. */
  readonly ca: string
  readonly der: Uint8Array
}

const minute = 60_000
const day = 24 * 60 * minute

/** OIDs of the Extended Key Usage, RFC 5280 section 4.2.1.12. */
export const keyPurpose = {
  any: '2.5.29.37.0',
  serverAuth: '1.3.6.1.5.5.7.3.1',
  clientAuth: '1.3.6.1.5.5.7.3.2',
  codeSigning: '1.3.6.1.5.5.7.3.3',
} as const

/**
 * Makes a certificate authority of a trust domain that lives for a day: a root, or with
 * `intermediate` a root and the intermediate under it.
 *
 * @example
 * const authority = await createAuthority({ trustDomain: 'example.org' })
 * const svid = await issueSvid(authority, { spiffeId: 'spiffe://example.org/ns/a/sa/web' })
 */
export async function createAuthority(options: AuthorityOptions): Promise<Authority> {
  if (options.intermediate === true) {
    const { intermediate: _, ...rest } = options
    const issuer = await createAuthority(rest)
    return createAuthority({ ...rest, issuer, subject: 'CN=Throwaway intermediate' })
  }
  const { trustDomain, issuer, keyType = 'ec-p256' } = options
  const keys = options.keys ?? (await generateKeys(keyType))
  const subject =
    options.subject ?? `CN=Throwaway ${issuer === undefined ? 'root' : 'intermediate'}`
  const certificate = await X509CertificateGenerator.create({
    serialNumber: randomSerialNumber(),
    subject,
    issuer: issuer?.certificate.subjectName ?? subject,
    notBefore: options.notBefore ?? new Date(Date.now() - minute),
    notAfter: options.notAfter ?? new Date(Date.now() + day),
    publicKey: keys.publicKey,
    ...(await signing((issuer?.keys ?? keys).privateKey, options.hash)),
    extensions: await authorityExtensions(options, keys, `spiffe://${trustDomain}`),
  })
  const certificatePem = pem(certificate.rawData, 'CERTIFICATE')
  return {
    trustDomain,
    certificate,
    keys,
    certificatePem,
    keyPem: await privateKeyPem(keys),
    intermediatesPem: issuer === undefined ? '' : certificatePem + issuer.intermediatesPem,
    caPem: issuer?.caPem ?? certificatePem,
  }
}

/**
 * Issues an X.509-SVID that lives for a day: one URI SAN, Key Usage digitalSignature, Extended
 * Key Usage for clients and servers; a P-256 key unless another is asked for.
 *
 * Every option that departs from that makes a certificate with one defect, for the tests.
 */
export async function issueSvid(authority: Authority, options: SvidOptions): Promise<IssuedSvid> {
  const keys = await generateKeys(options.keyType ?? 'ec-p256')
  const certificate = await X509CertificateGenerator.create({
    serialNumber: options.serialNumber ?? randomSerialNumber(),
    subject: options.subject ?? '',
    issuer: authority.certificate.subjectName,
    notBefore: options.notBefore ?? new Date(Date.now() - minute),
    notAfter: options.notAfter ?? new Date(Date.now() + day),
    publicKey: keys.publicKey,
    ...(await signing(authority.keys.privateKey, options.hash)),
    extensions: await leafExtensions(authority, options, keys),
  })
  const leaf = pem(certificate.rawData, 'CERTIFICATE')
  return {
    spiffeId: options.spiffeId,
    certificate: leaf,
    key: await privateKeyPem(keys),
    chain: leaf + authority.intermediatesPem,
    ca: authority.caPem,
    der: new Uint8Array(certificate.rawData),
  }
}

async function authorityExtensions(
  { issuer, ca = true, pathLength, keyUsage, extensions = [] }: AuthorityOptions,
  keys: CryptoKeyPair,
  spiffeId: string,
): Promise<Extension[]> {
  const usages = keyUsage === undefined ? (['keyCertSign', 'cRLSign'] as const) : keyUsage
  return [
    new BasicConstraintsExtension(ca, pathLength, true),
    ...(usages === null ? [] : [new KeyUsagesExtension(keyUsageFlags(usages), true)]),
    new SubjectAlternativeNameExtension([{ type: 'url', value: spiffeId }]),
    await SubjectKeyIdentifierExtension.create(keys.publicKey),
    ...(issuer === undefined
      ? []
      : [await AuthorityKeyIdentifierExtension.create(issuer.keys.publicKey)]),
    ...extensions,
  ]
}

async function leafExtensions(
  authority: Authority,
  options: SvidOptions,
  keys: CryptoKeyPair,
): Promise<Extension[]> {
  const { ca = false, keyUsage = ['digitalSignature'], extensions = [] } = options
  const { extendedKeyUsage = [keyPurpose.clientAuth, keyPurpose.serverAuth] } = options
  return [
    ...(ca === null ? [] : [new BasicConstraintsExtension(ca, undefined, true)]),
    ...(keyUsage === null
      ? []
      : [new KeyUsagesExtension(keyUsageFlags(keyUsage), options.keyUsageCritical ?? true)]),
    ...(extendedKeyUsage === null ? [] : [new ExtendedKeyUsageExtension([...extendedKeyUsage])]),
    ...subjectAlternativeName(options),
    await SubjectKeyIdentifierExtension.create(keys.publicKey),
    await AuthorityKeyIdentifierExtension.create(authority.keys.publicKey),
    ...extensions,
  ]
}

function subjectAlternativeName(options: SvidOptions): Extension[] {
  // RFC 5280 section 4.1.2.6: critical when the subject is empty.
  const critical = options.subjectAlternativeNameCritical ?? (options.subject ?? '') === ''
  if (options.subjectAlternativeName === null) return []
  if (options.subjectAlternativeName !== undefined) {
    const value = Uint8Array.from(options.subjectAlternativeName)
    return [new Extension('2.5.29.17', critical, value)]
  }
  const names: JsonGeneralNames = [
    ...(options.dnsNames ?? []).map(value => ({ type: 'dns' as const, value })),
    ...(options.emails ?? []).map(value => ({ type: 'email' as const, value })),
    ...(options.ips ?? []).map(value => ({ type: 'ip' as const, value })),
    ...(options.uris ?? [options.spiffeId]).map(value => ({ type: 'url' as const, value })),
  ]
  return [new SubjectAlternativeNameExtension(names, critical)]
}

function keyUsageFlags(names: readonly KeyUsageName[]): KeyUsageFlags {
  return names.reduce<number>((flags, name) => flags | KeyUsageFlags[name], 0)
}

/** Positive and never starting with a zero byte. */
function randomSerialNumber(): string {
  const bytes = webcrypto.getRandomValues(new Uint8Array(16))
  bytes[0] = ((bytes[0] as number) & 0x3f) | 0x40
  return Buffer.from(bytes).toString('hex')
}
