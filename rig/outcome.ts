import { createHash, X509Certificate } from 'node:crypto'
import type { CallResult } from './caller.js'
import { linesLike } from './header-lines.js'
import { certificateHeader } from './mesh.js'
import type { ArrivedRequest } from './upstream.js'

/** What came of one call for a token. */
export type Outcome =
  /** A token for this client, bound to a certificate with this SHA-256 thumbprint. */
  | { readonly kind: 'token'; readonly clientId: string; readonly thumbprint: string }
  /** A forged line reached the authorization server, which issued no token for it. */
  | { readonly kind: 'forgery-passed'; readonly lines: readonly string[] }
  /** The sidecar answered; nothing reached the authorization server. */
  | { readonly kind: 'refused-by-sidecar'; readonly status: number }
  /** The authorization server answered, and had seen nothing forged. */
  | { readonly kind: 'refused-by-server'; readonly status: number }
  /** No answer at all: the connection was refused or reset. */
  | { readonly kind: 'no-answer'; readonly reason: string }

/**
 * Tells what came of a call from what the caller got and what the authorization server saw.
 *
 * @param ownHeaderValue - the only thing that the certificate header may hold, if any
 */
export function outcomeOf(
  result: CallResult,
  arrived: readonly ArrivedRequest[],
  ownHeaderValue: string | undefined,
): Outcome {
  const token = result.kind === 'answer' ? readToken(result.body) : undefined
  if (token !== undefined) return { kind: 'token', ...token }
  const forged = arrived
    .flatMap(({ headerLines }) => linesLike(headerLines, certificateHeader))
    .filter(([name, value]) => name !== certificateHeader || value !== ownHeaderValue)
  if (forged.length > 0) return { kind: 'forgery-passed', lines: forged.map(([name]) => name) }
  if (result.kind === 'no-answer') return { kind: 'no-answer', reason: result.reason }
  const { status } = result
  return { kind: arrived.length === 0 ? 'refused-by-sidecar' : 'refused-by-server', status }
}

/** The thumbprint of RFC 8705 section 3.1: SHA-256 of the DER, base64url. */
export function thumbprintOf(pem: string): string {
  return createHash('sha256').update(new X509Certificate(pem).raw).digest('base64url')
}

/** The token of an answer: a JWT whose claims are read, not verified. */
function readToken(body: string): { clientId: string; thumbprint: string } | undefined {
  const token = parseObject(body).access_token
  if (typeof token !== 'string') return undefined
  const claims = parseObject(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'))
  const confirmation = claims.cnf as { 'x5t#S256'?: string } | undefined
  return { clientId: String(claims.client_id), thumbprint: confirmation?.['x5t#S256'] ?? '' }
}

function parseObject(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? { ...value } : {}
  } catch {
    return {}
  }
}
