import type { SourceNode } from '../source/source-node.js'
import { enumText } from './message.js'

/** Numbers of `forward_client_cert_details`. */
export const forwardDetails = [
  'SANITIZE',
  'FORWARD_ONLY',
  'APPEND_FORWARD',
  'SANITIZE_SET',
  'ALWAYS_FORWARD_ONLY',
]

/**
 * Tells whether anything in a filter chain goes by the peer's certificate: a header made of it, a
 * script, an ext_authz service that gets it, RBAC by identity, or a route that asks for it.
 */
export function usesPeer(node: SourceNode): boolean {
  switch (node.kind) {
    case 'scalar':
      return (
        typeof node.value === 'string' &&
        /%DOWNSTREAM_PEER_|PeerCertificate|peerCertificate/.test(node.value)
      )
    case 'list':
      return node.items.some(usesPeer)
    case 'map':
      return node.entries.some(({ key, value }) => {
        if (/^(?:authenticated|mtls_?authenticated|tls_?context)$/i.test(key)) return true
        if (/^include_?peer_?certificate$/i.test(key)) return isOn(value)
        if (/^forward_?client_?cert_?details$/i.test(key)) {
          return /^(?:APPEND_FORWARD|SANITIZE_SET)$/.test(enumText(value, forwardDetails) ?? '')
        }
        // The TLS context itself is no use, and what is written to a log decides nothing.
        return !/^(?:transport_?socket|access_?log)$/i.test(key) && usesPeer(value)
      })
  }
}

function isOn(node: SourceNode): boolean {
  return node.kind === 'scalar' && node.value === true
}
