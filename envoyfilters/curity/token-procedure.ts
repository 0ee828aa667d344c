import { Buffer } from 'node:buffer'
import type { XMLBuilder } from 'xmlbuilder2/lib/interfaces.js'
import type { Client } from '../../config/index.js'
import { configurationXml, curityNamespaces } from './configuration-xml.js'
import { authorizationCodeScript, refreshScript } from './token-scripts.js'

/** A script that issues the tokens of one flow in place of Curity's own. */
export interface TokenProcedure {
  readonly id: string
  readonly flow: 'oauth-token-authorization-code' | 'oauth-token-refresh'
  readonly script: string
}

const { base } = curityNamespaces

/** Lists the types of the clients that use authorization codes: those that procedures are for. */
export function procedureTypes(clients: readonly Client[]): readonly string[] {
  const types = clients
    .filter(({ grants }) => grants.includes('authorization-code'))
    .flatMap(({ type }) => type ?? [])
  return [...new Set(types)].sort()
}

/** Makes the procedures for authorization code and refresh, for clients of the given types. */
export function tokenProcedures(types: readonly string[]): readonly TokenProcedure[] {
  return [
    {
      id: 'sidecert_authorization_code',
      flow: 'oauth-token-authorization-code',
      script: authorizationCodeScript(types),
    },
    { id: 'sidecert_refresh', flow: 'oauth-token-refresh', script: refreshScript(types) },
  ]
}

/** Tells where Curity finds a procedure that is a file, below its folder `etc/init`. */
export function procedureFile({ id, flow }: TokenProcedure): string {
  return `token-procedures/${flow}/${id}.js`
}

/** Writes procedures into the configuration, instead of files. */
export function proceduresXml(procedures: readonly TokenProcedure[], about: string): string {
  return configurationXml(about, root => {
    const all = root.ele(base, 'processing').ele(base, 'procedures')
    for (const { id, flow, script } of procedures) {
      const procedure = all.ele(base, 'token-procedure')
      procedure.ele(base, 'id').txt(id)
      procedure.ele(base, 'flow').txt(flow)
      procedure.ele(base, 'script').txt(Buffer.from(script).toString('base64'))
    }
  })
}

/** Attaches procedures to the token endpoint of a profile. */
export function tokenEndpoint(
  profile: XMLBuilder,
  id: string,
  procedures: readonly TokenProcedure[],
): void {
  const endpoint = profile.ele(base, 'endpoints').ele(base, 'endpoint')
  endpoint.ele(base, 'id').txt(id)
  for (const { flow, id } of procedures) {
    const attached = endpoint.ele(base, 'token-endpoint-procedures')
    attached.ele(base, 'flow').txt(flow)
    attached.ele(base, 'procedure').txt(id)
  }
}
