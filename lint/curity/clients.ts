import type { LintContext } from '../context.js'
import { type Finding, finding } from '../finding.js'
import type { LintRule } from '../rule.js'
import type { CurityText } from './curity-text.js'
import { elementsNamed, type XmlElement } from './xml.js'

/** OAuth clients that authenticate by certificate, in Curity's configuration. */
export const curityClients: LintRule = {
  codes: ['SL2050', 'SL2051', 'SL2052', 'SL2053'],
  check: context => [
    ...context.curity.flatMap(wellFormed),
    ...context.curity.flatMap(text => trust(text, context)),
    ...shared(context.curity),
  ],
}

/** A client with the SPIFFE ID that it authenticates by. */
export interface CurityClient {
  readonly id: string
  readonly text: CurityText
  readonly uri: XmlElement | undefined
  readonly method: XmlElement
}

/** Finds the clients that authenticate by certificate. */
export function certificateClients(text: CurityText): readonly CurityClient[] {
  if (text.xml.kind === 'broken') return []
  return elementsNamed(text.xml.roots, 'client').flatMap(client => {
    const method = client.children.find(({ name }) => /^mutual-tls(?:-by-proxy)?$/.test(name))
    if (method === undefined) return []
    const id = client.children.find(({ name }) => name === 'id')?.text ?? ''
    const uri = method.children.find(({ name }) => name === 'client-uri')
    return { id, text, uri, method }
  })
}

function wellFormed({ xml, places }: CurityText): readonly Finding[] {
  if (xml.kind === 'read') return []
  return [finding('SL2050', xml.problem, places.at(...xml.span))]
}

function trust(text: CurityText, { mesh }: LintContext): readonly Finding[] {
  return certificateClients(text).flatMap(({ id, uri, method }) => {
    const { places } = text
    const found: Finding[] = []
    if (!method.children.some(({ name }) => name === 'trusted-ca')) {
      const message = `the client ${id} takes certificates of every authority that the server trusts`
      found.push(finding('SL2051', message, places.at(...method.span)))
    }
    const domain = /^spiffe:\/\/([^/#{]+)\//.exec(uri?.text ?? '')?.[1]
    const known = [mesh.trustDomain, ...mesh.trustDomainAliases]
    if (uri !== undefined && domain !== undefined && mesh.trustDomain !== undefined) {
      if (!known.includes(domain)) {
        const message = `the trust domain of the mesh is ${mesh.trustDomain}, not ${domain}`
        found.push(finding('SL2052', message, places.at(...uri.span)))
      }
    }
    return found
  })
}

function shared(texts: readonly CurityText[]): readonly Finding[] {
  const clients = texts.flatMap(certificateClients)
  return clients.flatMap((client, index) => {
    const { id, uri, text } = client
    if (uri === undefined) return []
    const twin = clients
      .slice(0, index)
      .find(other => other.uri?.text === uri.text && other.id !== id)
    if (twin === undefined) return []
    const message = `the clients ${twin.id} and ${id} have the same identity`
    return [finding('SL2053', message, text.places.at(...uri.span))]
  })
}
