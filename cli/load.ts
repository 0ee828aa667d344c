import { ClusterError, listClusterPolicies } from '../cluster/index.js'
import {
  type Configuration,
  impliedPolicies,
  loadConfiguration,
  type SourceFile,
} from '../config/index.js'
import type { TrustBundle } from '../ext-authz/index.js'
import {
  type AuthorizationPolicy,
  type Diagnostic,
  hasErrors,
  type PoliciesRead,
  readPolicyFiles,
} from '../policy/index.js'
import { coloursFor } from './colours.js'
import { Failure, Reported } from './failure.js'
import { renderDiagnostics } from './render-diagnostics.js'
import { readTrustBundles, trustBundleFiles } from './trust-bundle-files.js'

/** sidecert.yaml with the policies in force: those of its files and the one that it implies. */
export interface Loaded {
  readonly configuration: Configuration
  readonly policies: readonly AuthorizationPolicy[]
  /** sidecert.yaml itself, then the policy files. */
  readonly inputs: readonly SourceFile[]
}

/**
 * Loads sidecert.yaml and every policy that it names, of files or of the cluster as it is now, and
 * prints what is to be said of them.
 *
 * @param options `needsCluster`: whether the policies of a cluster are wanted; they are, unless said
 * @throws {Reported} when there is an error among it
 * @throws {Failure} when the cluster cannot be read
 */
export async function load(
  file: string,
  options: { readonly needsCluster?: (configuration: Configuration) => boolean } = {},
): Promise<Loaded> {
  const { configuration, policyFiles, inputs, diagnostics } = await loadConfiguration(file)
  if (configuration === undefined) throw report(diagnostics)
  const wanted = options.needsCluster?.(configuration) ?? true
  const objects = wanted ? await clusterObjects(configuration) : []
  const read = readPolicies(configuration, [...policyFiles, ...objects])
  const all = [...diagnostics, ...read.diagnostics]
  if (hasErrors(all)) throw report(all)
  report(all)
  return {
    configuration,
    policies: read.policies,
    inputs: inputs.flatMap(({ file, text }) => (text === undefined ? [] : [{ file, text }])),
  }
}

/**
 * Reads the texts of policies, with the policy that sidecert.yaml implies.
 *
 * `generate` writes that policy for the cluster too. Where the cluster has it, what the cluster has
 * counts, as it does for Istio's own RBAC.
 */
export function readPolicies(
  configuration: Configuration,
  files: readonly SourceFile[],
): PoliciesRead {
  const implied = impliedPolicies(configuration)
  if (implied === undefined) return readPolicyFiles(files)
  const whole = readPolicyFiles([implied, ...files])
  if (configuration.cluster === undefined) return whole
  const own = whole.policies.find(({ place }) => place.file === implied.file)
  const replaced = whole.policies.some(
    policy => policy !== own && policy.namespace === own?.namespace && policy.name === own.name,
  )
  return replaced ? readPolicyFiles(files) : whole
}

async function clusterObjects({ cluster }: Configuration): Promise<readonly SourceFile[]> {
  if (cluster === undefined) return []
  try {
    return await listClusterPolicies(cluster)
  } catch (error) {
    throw error instanceof ClusterError ? new Failure(error.message, error.hint) : error
  }
}

/**
 * Loads the trust bundles that sidecert.yaml names; undefined when it names none.
 *
 * @throws {Reported} when one cannot be used
 */
export async function loadTrustBundles(
  configuration: Configuration,
): Promise<ReadonlyMap<string, TrustBundle> | undefined> {
  const { bundles, diagnostics } = readTrustBundles(await trustBundleFiles(configuration))
  const reported = report(diagnostics)
  if (hasErrors(diagnostics)) throw reported
  return bundles
}

/**
 * Loads the files of the trust bundles that sidecert.yaml names, to be handed on as they are.
 *
 * @throws {Reported} when one cannot be used, or has a private key in it
 */
export async function loadTrustBundleFiles(
  configuration: Configuration,
): Promise<readonly SourceFile[]> {
  const files = await trustBundleFiles(configuration)
  const { diagnostics } = readTrustBundles(files)
  const reported = report(diagnostics)
  if (hasErrors(diagnostics)) throw reported
  return files.flatMap(({ file, text }) => (text === undefined ? [] : [{ file, text }]))
}

/** Prints diagnostics on stderr, warnings included. */
export function report(diagnostics: readonly Diagnostic[]): Reported {
  if (diagnostics.length > 0) {
    process.stderr.write(renderDiagnostics(diagnostics, coloursFor(process.stderr)))
  }
  return new Reported('bad input')
}
