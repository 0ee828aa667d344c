import {
  type Configuration,
  type Forwarding,
  forwardings,
  type Target,
  targets,
} from '../config/index.js'
import type { AuthorizationPolicy, Diagnostic } from '../policy/index.js'
import { filterFiles } from './filter-files.js'
import { accessFiles } from './istio/access-files.js'
import { meshFiles } from './istio/mesh-files.js'
import { namespaceFiles } from './istio/namespace-files.js'
import { applicationFiles } from './kubernetes/application-files.js'
import type { Generated, GeneratedFile, Part, PartRequest } from './part.js'
import { scriptFiles } from './scripts/script-files.js'
import { serverFiles } from './server-files.js'
import { servicePart } from './service/service-manifests.js'

/**
 * The parts of the output, by the names that they are chosen by, in the order that their files are
 * written in.
 */
const parts = {
  filters: filterFiles,
  service: servicePart,
  mesh: meshFiles,
  namespaces: namespaceFiles,
  access: accessFiles,
  server: serverFiles,
  applications: applicationFiles,
  scripts: scriptFiles,
} as const satisfies Record<string, Part>

/** The name of a part of the output. */
export type PartName = keyof typeof parts

/** The names of all parts of the output. */
export const partNames: readonly PartName[] = Object.keys(parts) as PartName[]

/** What to generate; what is left out is as sidecert.yaml has it. */
export interface GenerateOptions
  extends Partial<Pick<PartRequest, 'directory' | 'policyFiles' | 'authorities' | 'inputs'>> {
  readonly target?: Target | 'all'
  readonly forwarding?: Forwarding | 'all'
  /** Some of the parts; without it all of them. */
  readonly only?: readonly PartName[]
}

/**
 * Generates the resources of sidecert.yaml.
 *
 * The same input gives the same bytes. With any error there are no files.
 *
 * @param policies - those of the files that sidecert.yaml names, and the one that it implies
 */
export function generate(
  configuration: Configuration,
  policies: readonly AuthorizationPolicy[],
  options: GenerateOptions = {},
): Generated {
  const request = requestOf(configuration, policies, options)
  const files: GeneratedFile[] = []
  const diagnostics: Diagnostic[] = []
  // The scripts know what there is to deploy by what the parts before them have made.
  let made: readonly GeneratedFile[] = []
  for (const name of partNames) {
    const part = parts[name](request, made)
    made = [...made, ...part.files]
    if (options.only?.includes(name) === false) continue
    files.push(...part.files)
    diagnostics.push(...part.diagnostics)
  }
  const failed = diagnostics.some(({ severity }) => severity === 'error')
  return { files: failed ? [] : files, diagnostics: distinct(diagnostics) }
}

/** `envoy.directory` of sidecert.yaml stands above the directory of the output. */
function requestOf(
  configuration: Configuration,
  policies: readonly AuthorizationPolicy[],
  { target, forwarding = configuration.forwarding, ...options }: GenerateOptions,
): PartRequest {
  return {
    configuration,
    policies,
    targets: target === undefined ? configuration.targets : target === 'all' ? targets : [target],
    forwardings: forwarding === 'all' ? forwardings : [forwarding],
    directory: configuration.envoy.directory ?? options.directory ?? '.',
    policyFiles: options.policyFiles ?? [],
    authorities: options.authorities ?? [],
    inputs: options.inputs ?? [],
  }
}

/** One finding concerns several files of the output. */
function distinct(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const seen = new Map(diagnostics.map(item => [JSON.stringify(item), item]))
  return [...seen.values()]
}
