import { basename, posix } from 'node:path'
import type { Configuration, Forwarding } from '../config/index.js'
import type { AuthorizationPolicy } from '../policy/index.js'
import { serverChain } from './chain.js'
import { envoyFilter } from './envoy-filter.js'
import { heading } from './heading.js'
import { filterPlace } from './istio/filter-place.js'
import { meshSupport } from './istio/mesh-support.js'
import type { Generated, PartRequest } from './part.js'
import { serviceRoute } from './service-route.js'
import { staticEnvoy } from './static-envoy.js'
import { yamlText } from './yaml-text.js'

/**
 * Makes what forwards the certificate: `istio/<forwarding>/envoyfilter.yaml` for Istio, and
 * `envoy/<forwarding>/envoy.yaml` with its secret files for plain Envoy. A server that ends mutual
 * TLS itself needs neither.
 */
export function filterFiles(request: PartRequest): Generated {
  const { configuration, policies, targets, forwardings, directory } = request
  if (configuration.authorizationServer.curity?.mutualTls === 'direct') {
    return { files: [], diagnostics: [] }
  }
  const problems = meshSupport(configuration, targets, forwardings)
  const made = targets.flatMap(target =>
    forwardings.map(forwarding =>
      target === 'istio'
        ? istioFiles(configuration, policies, forwarding)
        : envoyFiles(configuration, policies, forwarding, directory),
    ),
  )
  return {
    files: made.flatMap(({ files }) => files),
    diagnostics: [...problems, ...made.flatMap(({ diagnostics }) => diagnostics)],
  }
}

function istioFiles(
  configuration: Configuration,
  policies: readonly AuthorizationPolicy[],
  forwarding: Forwarding,
): Generated {
  const route = serviceRoute(configuration, forwarding)
  const chain = serverChain(configuration, policies, forwarding, route)
  const { mesh } = configuration
  const placement = forwarding === 'ext-authz' ? mesh.placement : 'filter'
  const { resource, reasons } = envoyFilter(filterPlace(configuration), chain, {
    clusters: route.clusters,
    placement,
  })
  const content = yamlText(
    resource,
    heading(
      configuration,
      `The filters that forward the caller's certificate (${forwarding}), for Istio's sidecar of the server.`,
      'Apply it with kubectl. It needs Envoy 1.36, which comes with Istio 1.28, or later.',
      "The Service's port must be named http-* or http2-*: on any other Istio puts no filter.",
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
  const directory = posix.join(output, folder)
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
