import { constants, createPublicKey, type KeyObject, verify } from 'node:crypto'
import type { Certificate, SignatureAlgorithm } from './certificate.js'
import { CertificateError } from './certificate-error.js'
import {
  constructedContextTag,
  type DerElement,
  expectEnd,
  readFields,
  readSoleElement,
  tag,
  takeOptional,
} from './der.js'
import { readCount, readObjectIdentifier } from './der-value.js'

/** How a certificate is signed; only what is strong enough is known here. */
export type SignatureScheme =
  | { readonly key: 'rsa'; readonly padding: 'pkcs1' | 'pss'; readonly hash: SignatureHash }
  | { readonly key: 'ec'; readonly hash: SignatureHash }
  | { readonly key: 'ed25519' }

type SignatureHash = keyof typeof hashLengths

const hashLengths = { sha256: 32, sha384: 48, sha512: 64 } as const

/** RFC 4055 section 5, RFC 5758 section 3.2, RFC 8410 section 3. SHA-1 and MD5 are left out. */
const schemes: Readonly<Record<string, SignatureScheme>> = {
  '1.2.840.113549.1.1.11': { key: 'rsa', padding: 'pkcs1', hash: 'sha256' },
  '1.2.840.113549.1.1.12': { key: 'rsa', padding: 'pkcs1', hash: 'sha384' },
  '1.2.840.113549.1.1.13': { key: 'rsa', padding: 'pkcs1', hash: 'sha512' },
  '1.2.840.10045.4.3.2': { key: 'ec', hash: 'sha256' },
  '1.2.840.10045.4.3.3': { key: 'ec', hash: 'sha384' },
  '1.2.840.10045.4.3.4': { key: 'ec', hash: 'sha512' },
  '1.3.101.112': { key: 'ed25519' },
}

const rsaPss = '1.2.840.113549.1.1.10'
const mgf1 = '1.2.840.113549.1.1.8'

const hashes: Readonly<Record<string, SignatureHash>> = {
  '2.16.840.1.101.3.4.2.1': 'sha256',
  '2.16.840.1.101.3.4.2.2': 'sha384',
  '2.16.840.1.101.3.4.2.3': 'sha512',
}

/**
 * Tells how a certificate is signed; undefined for an algorithm that is unknown or too weak: every
 * one with SHA-1, MD5 or SHA-224, and RSA-PSS with other parameters than one hash throughout, a
 * salt as long as it, and the usual trailer.
 */
export function signatureScheme(algorithm: SignatureAlgorithm): SignatureScheme | undefined {
  if (algorithm.identifier !== rsaPss) return schemes[algorithm.identifier]
  try {
    const hash = readPssHash(algorithm.parameters)
    return hash === undefined ? undefined : { key: 'rsa', padding: 'pss', hash }
  } catch (error) {
    if (error instanceof CertificateError) return undefined
    throw error
  }
}

/** Tells whether the key of the issuer made the signature on the certificate. */
export function isSignedBy(
  certificate: Certificate,
  scheme: SignatureScheme,
  issuer: Certificate,
): boolean {
  if (issuer.publicKey.algorithm !== scheme.key) return false
  const { tbs, signature } = certificate
  try {
    const key = publicKeyOf(issuer)
    if (scheme.key === 'ed25519') return verify(null, tbs, key, signature)
    if (scheme.key === 'ec') return verify(scheme.hash, tbs, { key, dsaEncoding: 'der' }, signature)
    return verify(scheme.hash, tbs, { key, ...paddingOf(scheme.padding, scheme.hash) }, signature)
  } catch {
    // A key that OpenSSL cannot use has signed nothing.
    return false
  }
}

/** An authority verifies many leaves, and its key is the same each time. */
const keys = new WeakMap<Certificate, KeyObject>()

function publicKeyOf(certificate: Certificate): KeyObject {
  const known = keys.get(certificate)
  if (known !== undefined) return known
  const spki = Buffer.from(certificate.subjectPublicKeyInfo)
  const key = createPublicKey({ key: spki, format: 'der', type: 'spki' })
  keys.set(certificate, key)
  return key
}

function paddingOf(padding: 'pkcs1' | 'pss', hash: SignatureHash) {
  return padding === 'pkcs1'
    ? { padding: constants.RSA_PKCS1_PADDING }
    : { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: hashLengths[hash] }
}

/** RSASSA-PSS-params, RFC 4055 section 3.1; a field left out stands for SHA-1. */
function readPssHash(parameters: Uint8Array | undefined): SignatureHash | undefined {
  if (parameters === undefined) return undefined
  const fields = readFields(readSoleElement(parameters), tag.sequence)
  const hash = hashOf(takeExplicit(fields, 0))
  const mask = takeExplicit(fields, 1)
  const salt = takeExplicit(fields, 2)
  const trailer = takeExplicit(fields, 3)
  expectEnd(fields)
  if (hash === undefined || mask === undefined || salt === undefined) return undefined
  const [maskFunction, maskHash, ...rest] = readFields(mask, tag.sequence)
  expectEnd(rest)
  const usual =
    readObjectIdentifier(maskFunction) === mgf1 &&
    hashOf(maskHash) === hash &&
    readCount(salt) === hashLengths[hash] &&
    (trailer === undefined || readCount(trailer) === 1)
  return usual ? hash : undefined
}

function takeExplicit(fields: DerElement[], number: number): DerElement | undefined {
  const wrapper = takeOptional(fields, constructedContextTag(number))
  return wrapper === undefined ? undefined : readSoleElement(wrapper.content)
}

function hashOf(algorithm: DerElement | undefined): SignatureHash | undefined {
  if (algorithm === undefined) return undefined
  const [identifier, parameters, ...rest] = readFields(algorithm, tag.sequence)
  expectEnd(rest)
  if (parameters !== undefined && parameters.encoded.join() !== '5,0') return undefined
  return hashes[readObjectIdentifier(identifier)]
}
