import { X509Certificate } from 'node:crypto'

/** The kind of an authority's key, in Curity's words. */
export type AuthorityKey =
  | { readonly type: 'rsa'; readonly size: number }
  | { readonly type: 'elliptic-curve'; readonly curveName: string }

/** An authority as an entry of Curity's client trust store. */
export interface Authority {
  /** The entry's id, which clients name. */
  readonly id: string
  /** The parameter that gives its certificate: `#{SPIFFE_ROOT_CA}`. */
  readonly parameter: string
  readonly key: AuthorityKey
  /** PEM; undefined while only the running mesh knows it. */
  readonly pem?: string
}

const curves: Readonly<Record<string, string>> = {
  prime256v1: 'P-256',
  secp384r1: 'P-384',
  secp521r1: 'P-521',
}

/** The root that istiod makes for itself when it is given none: RSA with 2048 bits. */
export const selfSignedKey: AuthorityKey = { type: 'rsa', size: 2048 }

/**
 * Names the authorities of a trust domain as entries of the trust store: roots and intermediates.
 *
 * An intermediate is an entry like a root, because Envoy forwards the leaf alone and the server has
 * to find its issuer. Without any authority it is istiod's own root, whose certificate is not known
 * before the mesh runs.
 *
 * @param certificates - PEM, one certificate each
 * @throws {TypeError} for a key that the trust store has no words for
 */
export function trustStoreAuthorities(certificates: readonly string[]): readonly Authority[] {
  if (certificates.length === 0) return [{ ...entry('root', 0), key: selfSignedKey }]
  const read = certificates.map(pem => ({ pem, certificate: new X509Certificate(pem) }))
  const roots = read.filter(({ certificate }) => isSelfSigned(certificate))
  const intermediates = read.filter(({ certificate }) => !isSelfSigned(certificate))
  const named = (kind: 'root' | 'intermediate', list: typeof read) =>
    list.map(({ pem, certificate }, index) => ({
      ...entry(kind, index),
      key: authorityKey(certificate),
      pem,
    }))
  return [...named('root', roots), ...named('intermediate', intermediates)]
}

function entry(kind: 'root' | 'intermediate', index: number) {
  const id = `spiffe_${kind}_ca${index === 0 ? '' : `_${index + 1}`}`
  return { id, parameter: id.toUpperCase() }
}

function isSelfSigned(certificate: X509Certificate): boolean {
  return certificate.subject === certificate.issuer && certificate.verify(certificate.publicKey)
}

function authorityKey({ publicKey }: X509Certificate): AuthorityKey {
  const { asymmetricKeyType, asymmetricKeyDetails = {} } = publicKey
  const { modulusLength, namedCurve = '' } = asymmetricKeyDetails
  if (asymmetricKeyType === 'rsa' && modulusLength !== undefined) {
    return { type: 'rsa', size: modulusLength }
  }
  const curveName = curves[namedCurve]
  if (asymmetricKeyType === 'ec' && curveName !== undefined) {
    return { type: 'elliptic-curve', curveName }
  }
  throw new TypeError(`${asymmetricKeyType} ${namedCurve}`.trim())
}
