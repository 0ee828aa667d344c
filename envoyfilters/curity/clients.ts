import type { XMLBuilder } from 'xmlbuilder2/lib/interfaces.js'
import type { Client, Configuration, CuritySettings } from '../../config/index.js'
import type { Authority } from './authority.js'
import { anyText, configurationXml, curityNamespaces, tokenProfile } from './configuration-xml.js'
import { type TokenProcedure, tokenEndpoint } from './token-procedure.js'

const { base, oauth } = curityNamespaces

/**
 * Writes how clients authenticate and which they are.
 *
 * Every client names the authorities that its certificate must come from. Without that Curity takes
 * any authority that the whole server knows, so that somebody else's authority could issue the same
 * SPIFFE ID (RFC 8705 section 7.4).
 */
export function clientsXml(
  { authorizationServer, clients }: Configuration,
  curity: CuritySettings,
  authorities: readonly Authority[],
  procedures: readonly TokenProcedure[],
  about: string,
): string {
  const direct = curity.mutualTls === 'direct'
  return configurationXml(about, root => {
    if (direct) listener(root, curity, authorities)
    const { profile, settings } = tokenProfile(root, curity.tokenService)
    const mutualTls = settings.ele(oauth, 'client-authentication').ele(oauth, 'mutual-tls')
    if (!direct) {
      const proxy = mutualTls.ele(oauth, 'by-proxy')
      proxy
        .ele(oauth, 'client-certificate-http-header')
        .txt(anyText(authorizationServer.header.name))
    }
    if (clients.length > 0) {
      const store = settings.ele(oauth, 'client-store').ele(oauth, 'config-backed')
      for (const client of clients) addClient(store, client, direct, authorities)
    }
    if (procedures.length > 0) tokenEndpoint(profile, curity.tokenEndpoint, procedures)
  })
}

/** The port on which the server takes mutual TLS itself. */
function listener(root: XMLBuilder, curity: CuritySettings, authorities: readonly Authority[]) {
  const role = root
    .ele(base, 'environments')
    .ele(base, 'environment')
    .ele(base, 'services')
    .ele(base, 'service-role')
  role.ele(base, 'id').txt(curity.serviceRole)
  const mutualTls = role.ele(base, 'mutual-tls')
  mutualTls.ele(base, 'listening-port').txt(String(curity.directPort))
  for (const { id } of authorities) mutualTls.ele(base, 'client-truststores').txt(id)
}

function addClient(
  store: XMLBuilder,
  client: Client,
  direct: boolean,
  authorities: readonly Authority[],
): void {
  const element = store.ele(oauth, 'client')
  element.ele(oauth, 'id').txt(anyText(client.clientId))
  const credential = element.ele(oauth, direct ? 'mutual-tls' : 'mutual-tls-by-proxy')
  credential.ele(oauth, 'client-uri').txt(anyText(client.spiffeId))
  for (const { id } of authorities) credential.ele(oauth, 'trusted-ca').txt(id)
  if (client.audience !== undefined) element.ele(oauth, 'audience').txt(anyText(client.audience))
  for (const uri of client.redirectUris) element.ele(oauth, 'redirect-uris').txt(anyText(uri))
  for (const scope of client.scopes) element.ele(oauth, 'scope').txt(anyText(scope))
  const capabilities = element.ele(oauth, 'capabilities')
  if (client.grants.includes('authorization-code')) capabilities.ele(oauth, 'code')
  if (client.grants.includes('client-credentials')) capabilities.ele(oauth, 'client-credentials')
  if (client.type === undefined) return
  const property = element.ele(oauth, 'properties').ele(oauth, 'property')
  property.ele(oauth, 'key').txt('client-type')
  property.ele(oauth, 'value').txt(anyText(client.type))
}
