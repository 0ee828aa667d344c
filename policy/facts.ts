/**
 * What is known of the peer at the other end of the connection.
 *
 * `absent`: it showed no certificate (or the connection was not TLS). `invalid`: it showed one from
 * which no identity can be taken, so every question about its identity is undecidable. `svid`: it
 * showed a valid X.509-SVID.
 */
export type Peer =
  | { readonly kind: 'absent' }
  | { readonly kind: 'invalid'; readonly reason: string }
  | { readonly kind: 'svid'; readonly spiffeId: string }

/**
 * Everything that a rule can see of one request.
 *
 * Strings that came over the wire (host, path, header values) are byte strings: one UTF-16 code
 * unit a byte (Latin-1), so that no byte sequence is lost or confused with another.
 */
export interface Facts {
  readonly peer: Peer
  /** `:method` as sent. */
  readonly method: string
  /** `:authority` as sent: port, case and trailing dot are kept. */
  readonly host: string
  /** `:path` after Envoy's normalisation, without query and fragment. */
  readonly path: string
  /** Header lines by lower-case name, pseudo-headers included, in the order they came. */
  readonly headers: ReadonlyMap<string, readonly string[]>
  /**
   * True when repeated header lines may have been joined by `,` on the way (ext_authz without
   * `encode_raw_headers`): a value with a comma may then be one line or several, and one with a `!`
   * may have lost a byte that was not UTF-8.
   */
  readonly headersJoined: boolean
  /** Address of the connection's other end, in textual form without port. */
  readonly sourceIp: string | undefined
  /** Address of the client as `x-forwarded-for` has it with no trusted hop; else `sourceIp`. */
  readonly remoteIp: string | undefined
  readonly destinationIp: string | undefined
  readonly destinationPort: number | undefined
  /** Server name that the client asked for in the TLS handshake; undefined without one. */
  readonly sni: string | undefined
}
