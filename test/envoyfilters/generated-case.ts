import { readFileSync } from 'node:fs'
import { impliedPolicies, readConfiguration } from '../../config/index.js'
import { type Generated, type GenerateOptions, generate } from '../../envoyfilters/index.js'
import { readPolicyFiles } from '../../policy/index.js'

/** The authorities of a golden case: an intermediate with an RSA key, below a root on P-384. */
export const authorities: readonly string[] = readFileSync(
  'test/golden/plugged-in-authority/in/authorities.pem',
  'utf8',
)
  .split(/(?<=-----END CERTIFICATE-----\n)/)
  .filter(text => text.trim() !== '')

/** Generates from the text of a sidecert.yaml, with the policy that it implies. */
export function generated(text: string, options: GenerateOptions = {}): Generated {
  const { configuration, diagnostics } = readConfiguration(text, 'sidecert.yaml')
  if (configuration === undefined) throw new Error(JSON.stringify(diagnostics))
  const implied = impliedPolicies(configuration)
  const { policies } = readPolicyFiles(implied === undefined ? [] : [implied])
  return generate(configuration, policies, options)
}

/** Gives the content of one generated file. */
export function fileOf({ files, diagnostics }: Generated, path: string): string {
  const file = files.find(file => file.path === path)
  if (file === undefined) {
    const names = files.map(({ path }) => path).join(', ')
    throw new Error(`no ${path} among ${names} ${JSON.stringify(diagnostics)}`)
  }
  return file.content
}
