import type { Peer } from '../policy/index.js'
import { formatSpiffeId } from '../policy/index.js'
import {
  decodePeerCertificate,
  encodePeerCertificate,
  parseX509Svid,
  type TrustBundle,
  verifyX509Svid,
  X509SvidError,
} from './certificate/index.js'

/** Trust bundles by trust domain. */
export type TrustBundles = ReadonlyMap<string, TrustBundle>

/** Who the peer is, and the value of the forwarded header that says so to the application. */
export interface PeerIdentity {
  readonly peer: Peer
  /** URL-encoded PEM of the leaf, encoded anew from what was verified; only with an SVID. */
  readonly forwarded?: string
}

/**
 * Takes the peer's identity from `source.certificate`, the URL-encoded PEM of the leaf, and from
 * nothing else: `source.principal` cannot be told from a DNS name or a subject, and headers are
 * the caller's.
 *
 * With trust bundles the certificate must also lead to an authority of its own trust domain's
 * bundle. Without them Envoy's own verification is relied upon. Never throws.
 */
export function peerIdentity(
  certificate: string,
  { at, trustBundles }: { readonly at: number; readonly trustBundles?: TrustBundles | undefined },
): PeerIdentity {
  if (certificate === '') return { peer: { kind: 'absent' } }
  try {
    const svid = parseX509Svid(decodePeerCertificate(certificate), { at, usage: 'client' })
    if (trustBundles !== undefined) {
      const bundle = trustBundles.get(svid.spiffeId.trustDomain)
      if (bundle === undefined) {
        return invalid(`there is no trust bundle for the trust domain ${svid.spiffeId.trustDomain}`)
      }
      verifyX509Svid(svid, bundle, { at })
    }
    return {
      peer: { kind: 'svid', spiffeId: formatSpiffeId(svid.spiffeId) },
      forwarded: encodePeerCertificate(svid.der),
    }
  } catch (error) {
    // Anything else than the certificate's own fault is no reason to trust it either.
    return invalid(error instanceof X509SvidError ? error.rule : 'it could not be read')
  }
}

function invalid(reason: string): PeerIdentity {
  return { peer: { kind: 'invalid', reason } }
}
