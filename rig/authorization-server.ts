import { generateKeyPairSync, randomBytes, X509Certificate } from 'node:crypto'
import { createServer, type IncomingMessage } from 'node:http'
import {
  type AdapterPayload,
  type ClientMetadata,
  type Configuration,
  Provider,
} from 'oidc-provider'
import { certificateFrom, type HeaderReading } from './certificate-header.js'
import { pairHeaderLines } from './header-lines.js'
import {
  type ArrivedRequest,
  arrivedRequest,
  closeServer,
  listenOnLoopback,
  ofCall,
} from './upstream.js'

/** Where tokens are asked for. */
export const tokenPath = '/token'

/** The API that the tokens are for. */
export const tokenAudience = 'https://api.example'

/** The scope that every client may ask for. */
export const tokenScope = 'reports'

/** An OAuth client that proves itself with its X.509-SVID and has no secret. */
export interface SvidClient {
  readonly clientId: string
  readonly spiffeId: string
}

/** What an authorization server needs to know. */
export interface AuthorizationServerOptions {
  readonly issuer?: string
  readonly clients: readonly SvidClient[]
  /** The header that holds the caller's certificate, percent-encoded PEM. */
  readonly headerName: string
  /** PEM of the certificate authority that issues the callers' certificates. */
  readonly trustedCa: string
  readonly reading: HeaderReading
}

/** An authorization server that runs on a free port of 127.0.0.1. */
export interface AuthorizationServer {
  readonly port: number
  /** What arrived of the call with this id, oldest first. */
  arrived(callId: string): readonly ArrivedRequest[]
  close(): Promise<void>
}

/**
 * Starts an OAuth authorization server that authenticates its clients by `tls_client_auth`
 * (RFC 8705 section 2.1): by the URI SAN of the certificate that a proxy put into a header. Its
 * access tokens are JWTs bound to that certificate (`cnf`, RFC 8705 section 3.1).
 */
export async function startAuthorizationServer(
  options: AuthorizationServerOptions,
): Promise<AuthorizationServer> {
  const answer = authorizationServer(options)
  const requests: ArrivedRequest[] = []
  const server = createServer((request, response) => {
    requests.push(arrivedRequest(request))
    answer(request, response)
  })
  return {
    port: await listenOnLoopback(server),
    arrived: callId => ofCall(requests, callId),
    close: () => closeServer(server, () => server.closeAllConnections()),
  }
}

/** The authorization server as the handler of a Node HTTP server. */
export function authorizationServer(
  options: AuthorizationServerOptions,
): ReturnType<Provider['callback']> {
  const { issuer = 'http://authorization-server.example' } = options
  const provider = new Provider(issuer, configuration(options))
  // The sidecar in front says by which scheme the caller came.
  provider.proxy = true
  return provider.callback()
}

function configuration(options: AuthorizationServerOptions): Configuration {
  const authority = new X509Certificate(options.trustedCa)
  const presented = (request: IncomingMessage) =>
    certificateFrom(pairHeaderLines(request.rawHeaders), options.headerName, options.reading)
  return {
    adapter: MemoryAdapter,
    clients: options.clients.map(clientMetadata),
    clientAuthMethods: ['tls_client_auth'],
    cookies: { keys: [randomBytes(32).toString('hex')] },
    jwks: { keys: [signingKey()] },
    responseTypes: [],
    scopes: [tokenScope],
    ttl: { ClientCredentials: 300 },
    features: {
      clientCredentials: { enabled: true },
      devInteractions: { enabled: false },
      mTLS: {
        enabled: true,
        certificateBoundAccessTokens: true,
        tlsClientAuth: true,
        // The provider takes the thumbprint of a certificate, but not reliably of a text.
        getCertificate: ctx => presented(ctx.req),
        certificateAuthorized: ctx => isIssuedBy(authority, presented(ctx.req)),
        certificateSubjectMatches: (ctx, property, expected) =>
          property === 'tls_client_auth_san_uri' && hasOnlyUri(presented(ctx.req), expected),
      },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => tokenAudience,
        getResourceServerInfo: () => ({
          scope: tokenScope,
          audience: tokenAudience,
          accessTokenFormat: 'jwt',
          jwt: { sign: { alg: 'ES256' } },
        }),
      },
    },
  }
}

function clientMetadata({ clientId, spiffeId }: SvidClient): ClientMetadata {
  return {
    client_id: clientId,
    token_endpoint_auth_method: 'tls_client_auth',
    tls_client_auth_san_uri: spiffeId,
    tls_client_certificate_bound_access_tokens: true,
    id_token_signed_response_alg: 'ES256',
    grant_types: ['client_credentials'],
    response_types: [],
    redirect_uris: [],
  }
}

function isIssuedBy(authority: X509Certificate, certificate: X509Certificate | undefined): boolean {
  if (certificate === undefined) return false
  const now = Date.now()
  return (
    certificate.checkIssued(authority) &&
    certificate.verify(authority.publicKey) &&
    Date.parse(certificate.validFrom) <= now &&
    now <= Date.parse(certificate.validTo)
  )
}

/** Node quotes a name that could be taken for several, so that it equals no SPIFFE ID. */
function hasOnlyUri(certificate: X509Certificate | undefined, expected: string): boolean {
  const names = certificate?.subjectAltName?.split(', ') ?? []
  const uris = names.filter(name => name.startsWith('URI:'))
  return uris.length === 1 && uris[0] === `URI:${expected}`
}

function signingKey() {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  return { ...privateKey.export({ format: 'jwk' }), kid: 'throwaway', use: 'sig', alg: 'ES256' }
}

/** Keeps what the provider stores for as long as it runs. */
class MemoryAdapter {
  readonly #records = new Map<string, AdapterPayload>()

  async upsert(id: string, payload: AdapterPayload): Promise<void> {
    this.#records.set(id, payload)
  }

  async find(id: string): Promise<AdapterPayload | undefined> {
    return this.#records.get(id)
  }

  async findByUid(): Promise<undefined> {}

  async findByUserCode(): Promise<undefined> {}

  async consume(): Promise<void> {}

  async destroy(id: string): Promise<void> {
    this.#records.delete(id)
  }

  async revokeByGrantId(): Promise<void> {}
}
