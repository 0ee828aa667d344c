import { encodeCertificatePem } from '../../../ext-authz/certificate/index.js'
import { type Authority, createAuthority, issueSvid, type SvidOptions } from '../../../rig/pki.js'

export const spiffeId = 'spiffe://example.org/ns/applications/sa/mywebsite'

/** A year in which every certificate of these tests is valid, and its middle. */
export const validity = {
  notBefore: new Date('2026-01-01T00:00:00Z'),
  notAfter: new Date('2027-01-01T00:00:00Z'),
}
export const at = new Date('2026-06-01T00:00:00Z')

let shared: Promise<Authority> | undefined

/** The authority that all certificates of a test file come from unless it matters. */
export function sharedAuthority(): Promise<Authority> {
  shared ??= createAuthority({ trustDomain: 'example.org', ...validity })
  return shared
}

/** Issues a certificate that is a valid SVID but for what the options change. */
export async function leaf(options: Partial<SvidOptions> = {}): Promise<string> {
  const svid = await issueSvid(await sharedAuthority(), { spiffeId, ...validity, ...options })
  return svid.certificate
}

/** The bytes of a PEM block, and back. */
export function derOf(pem: string): Buffer {
  return Buffer.from(pem.replace(/-----[^-]+-----|\s/g, ''), 'base64')
}

export function pemOf(der: Uint8Array): string {
  return encodeCertificatePem(der)
}
