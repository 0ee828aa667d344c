import { create } from 'xmlbuilder2'
import type { XMLBuilder } from 'xmlbuilder2/lib/interfaces.js'

/** The namespaces of Curity's configuration. */
export const curityNamespaces = {
  root: 'http://tail-f.com/ns/config/1.0',
  base: 'https://curity.se/ns/conf/base',
  oauth: 'https://curity.se/ns/conf/profile/oauth',
} as const

/**
 * Writes a document of Curity's configuration, which the server merges with all others that lie in
 * its folder `etc/init` when it first starts.
 *
 * @param about - the comment at its head; two dashes in a row, which XML forbids there, are parted
 * @param fill - adds what is inside the root element
 */
export function configurationXml(about: string, fill: (root: XMLBuilder) => void): string {
  const document = create({ version: '1.0', encoding: 'UTF-8' })
  document.com(` ${about.replaceAll(/-(?=-)/g, '- ')} `)
  fill(document.ele(curityNamespaces.root, 'config'))
  return `${document.end({ prettyPrint: true })}\n`
}

/** Adds a token profile with the settings of an authorization server, and gives both. */
export function tokenProfile(root: XMLBuilder, id: string) {
  const { base, oauth } = curityNamespaces
  const profile = root.ele(base, 'profiles').ele(base, 'profile')
  profile.ele(base, 'id').txt(id)
  const type = profile.ele(base, 'type')
  type.att('http://www.w3.org/2000/xmlns/', 'xmlns:as', oauth).txt('as:oauth-service')
  const settings = profile.ele(base, 'settings').ele(oauth, 'authorization-server')
  return { profile, settings }
}

/**
 * Writes any text for `txt`, which escapes an ampersand unless the text goes on like an entity: a
 * name that is literally `&lt;` would come out as `<`.
 */
export function anyText(text: string): string {
  return text.replaceAll('&', '&amp;')
}
