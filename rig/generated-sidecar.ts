import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { parse } from 'yaml'
import { type Forwarding, impliedPolicies, loadConfiguration } from '../config/index.js'
import { generate } from '../envoyfilters/index.js'
import { type Diagnostic, hasErrors, readPolicyFiles } from '../policy/index.js'
import type { EnvoyBootstrap } from './envoy-process.js'

/** What sidecert has generated for the Envoy in front of the server. */
export interface GeneratedSidecar {
  /** The file to give to `envoy -c`; what it names lies beside it. */
  readonly file: string
  readonly config: EnvoyBootstrap
}

/**
 * Generates the server sidecar of a sidecert.yaml, as `sidecert generate --target envoy` does.
 *
 * @param folder - where the files are written to, absolute
 * @throws TypeError when the configuration is wrong: the rig writes its own
 */
export async function generateSidecar(
  configurationFile: string,
  forwarding: Forwarding,
  folder: string,
): Promise<GeneratedSidecar> {
  const { configuration, policyFiles, diagnostics } = await loadConfiguration(configurationFile)
  refuseErrors(diagnostics)
  if (configuration === undefined) throw new TypeError(`${configurationFile} holds nothing`)
  const implied = impliedPolicies(configuration)
  const read = readPolicyFiles(implied === undefined ? policyFiles : [implied, ...policyFiles])
  refuseErrors(read.diagnostics)
  const generated = generate(configuration, read.policies, {
    target: 'envoy',
    forwarding,
    directory: folder,
  })
  refuseErrors(generated.diagnostics)
  for (const { path, content } of generated.files) {
    await mkdir(dirname(join(folder, path)), { recursive: true })
    await writeFile(join(folder, path), content)
  }
  const bootstrap = generated.files.find(({ path }) => path.endsWith('/envoy.yaml'))
  if (bootstrap === undefined) throw new TypeError('no configuration of Envoy was generated')
  return { file: join(folder, bootstrap.path), config: parse(bootstrap.content) }
}

function refuseErrors(diagnostics: readonly Diagnostic[]): void {
  if (!hasErrors(diagnostics)) return
  throw new TypeError(diagnostics.map(({ code, message }) => `${code}: ${message}`).join('\n'))
}
