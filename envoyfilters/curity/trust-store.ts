import { Buffer } from 'node:buffer'
import type { CuritySettings } from '../../config/index.js'
import type { Authority } from './authority.js'
import { configurationXml, curityNamespaces } from './configuration-xml.js'

/**
 * Writes the client trust store: the authorities by which Curity verifies the certificates of
 * clients. Type and size, or curve, are those of each authority's key. A keystore is the base64 of
 * the whole PEM file, or a parameter that an environment variable of that value is put in for.
 */
export function trustStoreXml(
  authorities: readonly Authority[],
  { trustStore }: Pick<CuritySettings, 'trustStore'>,
  about: string,
): string {
  return configurationXml(about, root => {
    const { base } = curityNamespaces
    const store = root
      .ele(base, 'facilities')
      .ele(base, 'crypto')
      .ele(base, 'ssl')
      .ele(base, 'client-truststore')
    for (const { id, parameter, key, pem } of authorities) {
      const certificate = store.ele(base, 'client-certificate')
      certificate.ele(base, 'id').txt(id)
      certificate.ele(base, 'type').txt(key.type)
      if (key.type === 'rsa') certificate.ele(base, 'size').txt(String(key.size))
      else certificate.ele(base, 'curve-name').txt(key.curveName)
      const literal = trustStore === 'literal' && pem !== undefined
      const value = literal ? Buffer.from(pem).toString('base64') : `#{${parameter}}`
      certificate.ele(base, 'keystore').txt(value)
    }
  })
}
