import type { AuthorizationServer } from './configuration.js'
import { curityFullName } from './kubernetes-names.js'
import type { ConfigurationInput } from './schema.js'

/** The names that the resources of an authorization server have in Kubernetes. */
export type ServerNames = Pick<
  AuthorizationServer,
  'name' | 'serviceName' | 'serviceAccount' | 'labels'
>

/**
 * Derives the names of an authorization server.
 *
 * Curity: as its Helm chart `idsvr` makes them, for the runtime nodes. The chart's own default
 * service account is `default`, which every pod of the namespace has; the name here is the one that
 * its tutorials give.
 */
export function serverNames(server: ConfigurationInput['authorizationServer']): ServerNames {
  if (server.product === 'curity') {
    const name = server.name ?? curityFullName(server.release ?? 'curity')
    return {
      name,
      serviceName: `${name}-runtime-svc`,
      serviceAccount: server.serviceAccount ?? `${name}-runtime`,
      labels: server.labels ?? { role: `${name}-runtime` },
    }
  }
  const name = server.name ?? server.product
  return {
    name,
    serviceName: name,
    serviceAccount: server.serviceAccount ?? name,
    labels: server.labels ?? { app: name },
  }
}

/**
 * The OAuth endpoints of each product: what clients and APIs call, as paths of an
 * AuthorizationPolicy. Pages for people are not among them: those are reached through a gateway.
 */
export const oauthPaths: Readonly<Record<AuthorizationServer['product'], readonly string[]>> = {
  curity: ['/oauth/v2/*'],
  keycloak: ['/realms/{*}/protocol/openid-connect/{**}', '/realms/{*}/.well-known/{**}'],
  'oidc-provider': [
    '/.well-known/openid-configuration',
    '/backchannel',
    '/device/auth',
    '/jwks',
    '/me',
    '/reg',
    '/reg/*',
    '/request',
    '/token',
    '/token/introspection',
    '/token/revocation',
  ],
  custom: ['/*'],
}
