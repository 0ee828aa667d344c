import 'reflect-metadata/lite'
import { webcrypto } from 'node:crypto'
import { PemConverter } from '@peculiar/x509'

/** The keys that the throwaway PKI can make. */
export type KeyType = keyof typeof keyAlgorithms

/** The hash of a signature by its name in Web Crypto. */
export type Hash = keyof typeof hashLengths

const hashLengths = { 'SHA-1': 20, 'SHA-256': 32, 'SHA-384': 48, 'SHA-512': 64 } as const

const keyAlgorithms = {
  'ec-p256': { name: 'ECDSA', namedCurve: 'P-256' },
  'ec-p384': { name: 'ECDSA', namedCurve: 'P-384' },
  'ec-p521': { name: 'ECDSA', namedCurve: 'P-521' },
  'rsa-1024': rsa('RSASSA-PKCS1-v1_5', 1024),
  'rsa-2048': rsa('RSASSA-PKCS1-v1_5', 2048),
  'rsa-pss-2048': rsa('RSA-PSS', 2048),
  ed25519: { name: 'Ed25519' },
} as const

/** Makes a key pair that can be exported. */
export function generateKeys(keyType: KeyType): Promise<CryptoKeyPair> {
  const algorithm = keyAlgorithms[keyType] as EcKeyGenParams
  return webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']) as Promise<CryptoKeyPair>
}

function rsa(name: string, modulusLength: number) {
  return { name, modulusLength, publicExponent: Uint8Array.of(1, 0, 1), hash: 'SHA-256' }
}

/**
 * Gives what a certificate is signed with. Web Crypto binds an RSA key to a hash, so for
 * another hash the key is imported anew.
 */
export async function signing(key: CryptoKey, hash: Hash = 'SHA-256') {
  const algorithm = { name: key.algorithm.name, hash, saltLength: hashLengths[hash] }
  if (!algorithm.name.startsWith('RSA')) return { signingKey: key, signingAlgorithm: algorithm }
  const pkcs8 = await webcrypto.subtle.exportKey('pkcs8', key)
  const signingKey = await webcrypto.subtle.importKey('pkcs8', pkcs8, algorithm, false, ['sign'])
  return { signingKey: signingKey as CryptoKey, signingAlgorithm: algorithm }
}

/** Writes a private key as PKCS #8 in PEM. */
export async function privateKeyPem({ privateKey }: CryptoKeyPair): Promise<string> {
  return pem(await webcrypto.subtle.exportKey('pkcs8', privateKey), 'PRIVATE KEY')
}

/** Writes bytes as one PEM block with a newline at its end. */
export function pem(der: ArrayBuffer, label: string): string {
  return `${PemConverter.encode(der, label)}\n`
}
