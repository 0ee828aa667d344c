import { basename, posix } from 'node:path'
import {
  type Configuration,
  type Forwarding,
  forwardings,
  type Target,
  targets,
} from '../config/index.js'
import type { AuthorizationPolicy, Diagnostic } from '../policy/index.js'
import { serverChain } from './chain.js'
import { envoyFilter } from './envoy-filter.js'
import { serviceRoute } from './service-route.js'
import { staticEnvoy } from './static-envoy.js'
import { yamlText } from './yaml-text.js'

/** What to generate; what is left out is as sidecert.yaml has it. */
export interface GenerateOptions {
  readonly target?: Target | 'all'
  readonly forwarding?: Forwarding | 'all'
  /**
   * The directory that the files are written to, as Envoy is to be told it: relative to where Envoy
   * is started, or absolute. `envoy.directory` of sidecert.yaml stands above it.
   */
  readonly directory?: string
}

/** A file to write, its path relative to the directory of the output. */
export interface GeneratedFile {
  readonly path: string
  readonly content: string
}

/** What {@link generate} makes: with any error there are no files. */
export interface Generated {
  readonly files: readonly GeneratedFile[]
  readonly diagnostics: readonly Diagnostic[]
}

/**
 * Generates the resources of sidecert.yaml: `istio/<forwarding>/envoyfilter.yaml` and
 * `envoy/<forwarding>/envoy.yaml` with its secret files.
 *
 * The same input gives the same bytes.
 *
 * @param policies - those of the files that sidecert.yaml names, and the one that it implies
 */
export function generate(
  configuration: Configuration,
  policies: readonly AuthorizationPolicy[],
  options: GenerateOptions = {},
): Generated {
  const made = chosen(configuration, options).map(({ target, forwarding }) =>
    target === 'istio'
      ? istioFiles(configuration, policies, forwarding)
      : envoyFiles(configuration, policies, forwarding, options.directory ?? '.'),
  )
  const diagnostics = distinct(made.flatMap(({ diagnostics }) => diagnostics))
  const failed = diagnostics.some(({ severity }) => severity === 'error')
  return { files: failed ? [] : made.flatMap(({ files }) => files), diagnostics }
}

function chosen(configuration: Configuration, { target, forwarding }: GenerateOptions) {
  const wantedTargets =
    target === undefined ? configuration.targets : target === 'all' ? targets : [target]
  const wanted = forwarding ?? configuration.forwarding
  const wantedForwardings = wanted === 'all' ? forwardings : [wanted]
  return wantedTargets.flatMap(target =>
    wantedForwardings.map(forwarding => ({ target, forwarding })),
  )
}

function istioFiles(
  configuration: Configuration,
  policies: readonly AuthorizationPolicy[],
  forwarding: Forwarding,
): Generated {
  const route = serviceRoute(configuration, forwarding)
  const chain = serverChain(configuration, policies, forwarding, route)
  const { resource, reasons } = envoyFilter(configuration, chain)
  const content = yamlText(
    resource,
    heading(
      configuration,
      `The filters that forward the caller's certificate (${forwarding}), for Istio's sidecar of the server.`,
      'Apply it with kubectl. It needs Envoy 1.36, which comes with Istio 1.28, or later.',
    ),
    reasons.map((text, index) => ({ path: ['spec', 'configPatches', index], text })),
  )
  const path = `istio/${forwarding}/envoyfilter.yaml`
  return { files: [{ path, content }], diagnostics: route.diagnostics }
}

function envoyFiles(
  configuration: Configuration,
  policies: readonly AuthorizationPolicy[],
  forwarding: Forwarding,
  output: string,
): Generated {
  const folder = `envoy/${forwarding}`
  const directory = posix.join(configuration.envoy.directory ?? output, folder)
  const { bootstrap, secretFiles, reasons } = staticEnvoy(
    configuration,
    policies,
    forwarding,
    directory,
  )
  const filters = ['static_resources', 'listeners', 0, 'filter_chains', 0, 'filters', 0]
  const content = yamlText(
    bootstrap,
    heading(
      configuration,
      `Envoy in front of the server, forwarding the caller's certificate (${forwarding}).`,
      'Run it with envoy -c. It needs Envoy 1.36 or later.',
    ),
    reasons.map((text, index) => ({
      path: [...filters, 'typed_config', 'http_filters', index],
      text,
    })),
  )
  const secrets = secretFiles.map(secret => ({
    path: `${folder}/${basename(secret.path)}`,
    content: yamlText(
      secret.content,
      heading(configuration, 'What envoy.yaml beside it reads TLS material from.'),
    ),
  }))
  return { files: [{ path: `${folder}/envoy.yaml`, content }, ...secrets], diagnostics: [] }
}

/** Names the file only: where it lies differs from machine to machine. */
function heading({ file }: Configuration, ...lines: readonly string[]): string {
  const source = `Made by sidecert generate from ${basename(file)}: change that file, not this one.`
  return [...lines, source].join('\n')
}

/** One finding concerns several files of the output. */
function distinct(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const seen = new Map(diagnostics.map(item => [JSON.stringify(item), item]))
  return [...seen.values()]
}
