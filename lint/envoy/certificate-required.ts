import type { LintContext } from '../context.js'
import { mtlsOf } from '../kubernetes/peer-authentication.js'
import { refusesWithoutCertificate, tlsOfChain } from './downstream-tls.js'
import type { EnvoyFragment, Surroundings } from './fragment.js'

/**
 * Tells whether the files show that no request gets here without a verified certificate: by the TLS
 * context of the filter chain, or by a PeerAuthentication.
 */
export function requiresCertificate(
  fragment: EnvoyFragment,
  { chain }: Pick<Surroundings, 'chain'>,
  context: LintContext,
): boolean {
  const tls = tlsOfChain(chain, context.secrets)
  if (tls !== undefined) return refusesWithoutCertificate(tls)
  return mtlsInFront(fragment, context)?.mode === 'STRICT'
}

/** Finds the PeerAuthentication of the port that a patch is for. */
export function mtlsInFront({ owner, patch }: EnvoyFragment, context: LintContext) {
  if (owner === undefined || patch === undefined || patch.context !== 'SIDECAR_INBOUND') {
    return undefined
  }
  return mtlsOf(context.peerAuthentications, {
    namespace: owner.resource.namespace,
    labels: owner.labels,
    port: patch.portNumber === undefined ? undefined : Number(patch.portNumber.text),
    rootNamespace: context.mesh.rootNamespace,
  })
}
