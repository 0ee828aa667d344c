import { readFile } from 'node:fs/promises'
import {
  type Configuration,
  impliedPolicies,
  loadConfiguration,
  type SourceFile,
} from '../config/index.js'
import { readTrustBundle, type TrustBundle } from '../ext-authz/index.js'
import {
  type AuthorizationPolicy,
  type Diagnostic,
  diagnostic,
  hasErrors,
  readPolicyFiles,
} from '../policy/index.js'
import { coloursFor } from './colours.js'
import { Reported } from './failure.js'
import { renderDiagnostics } from './render-diagnostics.js'

/** sidecert.yaml with the policies in force: those of its files and the one that it implies. */
export interface Loaded {
  readonly configuration: Configuration
  readonly policies: readonly AuthorizationPolicy[]
}

/**
 * Loads sidecert.yaml and every policy file that it names, and prints what is to be said of them.
 *
 * @throws {Reported} when there is an error among it
 */
export async function load(file: string): Promise<Loaded> {
  const { configuration, policyFiles, diagnostics } = await loadConfiguration(file)
  if (configuration === undefined) throw report(diagnostics)
  const implied = impliedPolicies(configuration)
  const sources: readonly SourceFile[] =
    implied === undefined ? policyFiles : [implied, ...policyFiles]
  const read = readPolicyFiles(sources)
  const all = [...diagnostics, ...read.diagnostics]
  if (hasErrors(all)) throw report(all)
  report(all)
  return { configuration, policies: read.policies }
}

/**
 * Loads the trust bundles that sidecert.yaml names; undefined when it names none.
 *
 * @throws {Reported} when one cannot be used
 */
export async function loadTrustBundles({
  trustBundles,
}: Configuration): Promise<ReadonlyMap<string, TrustBundle> | undefined> {
  if (trustBundles.length === 0) return undefined
  const bundles = new Map<string, TrustBundle>()
  const diagnostics: Diagnostic[] = []
  for (const { file, trustDomain } of trustBundles) {
    try {
      const read = readTrustBundle(await readFile(file, 'utf8'), { file, trustDomain })
      diagnostics.push(...read.diagnostics)
      if (read.bundle !== undefined) bundles.set(trustDomain, read.bundle)
    } catch {
      diagnostics.push(
        diagnostic(
          'SC0001',
          `the trust bundle ${file} cannot be read`,
          'name an existing, readable file in trustBundles',
        ),
      )
    }
  }
  if (hasErrors(diagnostics)) throw report(diagnostics)
  report(diagnostics)
  return bundles
}

/** Prints diagnostics on stderr, warnings included. */
export function report(diagnostics: readonly Diagnostic[]): Reported {
  if (diagnostics.length > 0) {
    process.stderr.write(renderDiagnostics(diagnostics, coloursFor(process.stderr)))
  }
  return new Reported('bad input')
}
