import {
  type Diagnostic,
  type DiagnosticCode,
  diagnostic,
  placeAt,
  type YamlNode,
} from '../policy/index.js'
import { parseAddress } from './address.js'
import { serverNames } from './products.js'
import type { ConfigurationInput } from './schema.js'

type Path = readonly PropertyKey[]

/** Reports what the keys of sidecert.yaml must not, or had better not, say together. */
export function contradictions(input: ConfigurationInput, root: YamlNode): readonly Diagnostic[] {
  const found: Diagnostic[] = []
  const report = (code: DiagnosticCode, path: Path, message: string, hint: string) => {
    found.push(diagnostic(code, message, hint, placeAt(root, path)))
  }
  checkServer(input, report)
  checkCallers(input, report)
  checkGatewayMode(input, report)
  checkTrust(input, report)
  checkAddresses(input, report)
  checkPolicySource(input, report)
  return found
}

type Report = (code: DiagnosticCode, path: Path, message: string, hint: string) => void

function checkServer({ authorizationServer: server }: ConfigurationInput, report: Report): void {
  const path = ['authorizationServer']
  if (server.release !== undefined && server.product !== 'curity') {
    report(
      'SC0104',
      [...path, 'release'],
      `release is for Curity's Helm chart, and product is ${server.product}`,
      'Remove release and set name, labels and serviceAccount where they differ from the defaults.',
    )
  }
  if (server.release !== undefined && server.name !== undefined) {
    report(
      'SC0104',
      [...path, 'name'],
      'name and release both say what the names begin with',
      'Keep name if the chart has a fullnameOverride, else release.',
    )
  }
  if (server.curity !== undefined && server.product !== 'curity') {
    report(
      'SC0104',
      [...path, 'curity'],
      `curity is for the Curity Identity Server, and product is ${server.product}`,
      'Remove it.',
    )
  }
  if (server.curity?.directPort === server.port) {
    report(
      'SC0104',
      [...path, 'curity', 'directPort'],
      `port and curity.directPort are the same, ${server.port}`,
      'Give mutual TLS a port of its own.',
    )
  }
  const { serviceName } = serverNames(server)
  if (serviceName.length > 63) {
    report(
      'SC0104',
      [...path, server.name === undefined ? 'release' : 'name'],
      `the names that follow from it are longer than 63 characters, such as ${serviceName}`,
      'Kubernetes refuses longer names; shorten it.',
    )
  }
}

/**
 * An identity stands for one client: who shares it can pass for the other. A gateway's identity is
 * that of everybody behind it.
 */
function checkCallers({ clients, gateways, apis }: ConfigurationInput, report: Report): void {
  for (const [index, { clientId, workload, grants, redirectUris }] of clients.entries()) {
    const path = ['clients', index]
    if (grants?.includes('authorization-code') && redirectUris.length === 0) {
      report(
        'SC0104',
        [...path, 'grants'],
        `the client ${clientId} may use authorization codes and has no redirectUris`,
        'Add redirectUris: where users are sent back to.',
      )
    }
    const earlier = clients.slice(0, index)
    if (earlier.some(other => other.clientId === clientId)) {
      const message = `the client ${clientId} is named twice`
      report('SC0104', [...path, 'clientId'], message, 'Keep one of the two.')
    }
    const twin = earlier.find(other => other.workload === workload)
    if (twin !== undefined && twin.clientId !== clientId) {
      report(
        'SC0105',
        [...path, 'workload'],
        `the clients ${twin.clientId} and ${clientId} share the workload ${workload}: each can pass for the other`,
        'Give each client a service account of its own.',
      )
    }
    if (gateways.some(gateway => gateway.workload === workload)) {
      report(
        'SC0104',
        [...path, 'workload'],
        `the client ${clientId} has the workload of a gateway: everybody behind the gateway could pass for it`,
        'Give the client a service account of its own.',
      )
    }
  }
  for (const [name, list] of Object.entries({ gateways, apis })) {
    for (const [index, { workload }] of list.entries()) {
      if (list.findIndex(other => other.workload === workload) === index) continue
      const message = `${workload} stands twice in ${name}`
      report('SC0105', [name, index, 'workload'], message, 'Remove one of the two.')
    }
  }
}

/** The route of `host` takes one-way TLS on a port of its own, where no filter would stand. */
function checkGatewayMode({ mesh, gateways }: ConfigurationInput, report: Report): void {
  if (mesh.mode !== 'gateway') return
  for (const [index, { product, host }] of gateways.entries()) {
    if (product !== 'istio' || host === undefined) continue
    report(
      'SC0104',
      ['gateways', index, 'host'],
      'with mesh.mode gateway the route that host makes would pass by the filters, certificate header and all',
      'Remove host, and write the Gateway yourself: tls.mode MUTUAL on the port that gateways[].port names, and no other port.',
    )
  }
}

function checkTrust(input: ConfigurationInput, report: Report): void {
  for (const [index, alias] of input.trustDomainAliases.entries()) {
    if (alias !== input.trustDomain && input.trustDomainAliases.indexOf(alias) === index) continue
    const message = `${alias} is named twice as trust domain`
    report('SC0105', ['trustDomainAliases', index], message, 'Remove the alias.')
  }
  const domains = input.trustBundles.map(({ trustDomain }) => trustDomain)
  for (const [index, domain] of domains.entries()) {
    if (domains.indexOf(domain) === index) continue
    report(
      'SC0104',
      ['trustBundles', index, 'trustDomain'],
      `the trust domain ${domain} has two bundles`,
      'Put all of its authorities into one file.',
    )
  }
}

/** A list of policies that nobody reads would look like one that is enforced. */
function checkPolicySource(input: ConfigurationInput, report: Report): void {
  const { policiesFrom, policies, cluster } = input
  if (policiesFrom === 'files') {
    if (cluster === undefined) return
    const message = 'cluster is set, and the policies come from files'
    report('SC0104', ['cluster'], message, 'Set policiesFrom: cluster, or remove cluster.')
    return
  }
  if (input.mesh.placement === 'custom') {
    const message =
      'mesh.placement is custom, so that one of the policies in the cluster is CUSTOM, which the service refuses'
    const hint = 'Set policiesFrom: files, or another mesh.placement.'
    report('SC0104', ['policiesFrom'], message, hint)
  }
  if (policies.length > 0) {
    const message = 'policies names files, and the policies come from the cluster'
    report('SC0104', ['policies'], message, 'Apply them to the cluster, or remove policiesFrom.')
  }
  if (cluster?.server === undefined) {
    for (const key of ['tokenFile', 'caFile'] as const) {
      if (cluster?.[key] === undefined) continue
      const message = `cluster.${key} is for the API server of cluster.server, which is not set`
      report('SC0104', ['cluster', key], message, 'Set cluster.server too, or remove it.')
    }
  } else if (cluster.server.startsWith('http:') && cluster.caFile !== undefined) {
    const message = 'cluster.caFile is for TLS, and cluster.server is without'
    report('SC0104', ['cluster', 'caFile'], message, 'Write https in cluster.server, or remove it.')
  }
}

function checkAddresses(input: ConfigurationInput, report: Report): void {
  const { service, envoy } = input
  if (collide(service.listen, service.admin)) {
    report(
      'SC0104',
      ['service', 'admin'],
      `service.listen and service.admin are the same address, ${service.admin}`,
      'Give the administration a port of its own.',
    )
  }
  if (collide(envoy.listen, envoy.admin)) {
    report(
      'SC0104',
      ['envoy', 'admin'],
      `envoy.listen and envoy.admin are the same address, ${envoy.admin}`,
      'Give the administration a port of its own.',
    )
  }
  const upstream = envoy.upstream ?? `127.0.0.1:${input.authorizationServer.port}`
  if (collide(envoy.listen, upstream)) {
    report(
      'SC0104',
      ['envoy', envoy.upstream === undefined ? 'listen' : 'upstream'],
      `Envoy would send every request to itself: it listens on ${envoy.listen}`,
      'Set envoy.upstream to where the authorization server listens, another port on the loopback.',
    )
  }
  const files = ['certificate', 'privateKey', 'trustedCa'] as const
  const missing = files.filter(key => envoy.tls[key] === undefined)
  if (missing.length !== files.length && envoy.tls.workloadApi !== undefined) {
    report(
      'SC0104',
      ['envoy', 'tls', 'workloadApi'],
      'envoy.tls names both files and a Workload API',
      'Keep the one that Envoy has its certificate from.',
    )
  }
  if (missing.length === 1 || missing.length === 2) {
    const message = `envoy.tls names files and leaves out ${missing.join(' and ')}`
    report('SC0104', ['envoy', 'tls'], message, `Add ${missing.join(' and ')}.`)
  }
}

/** Two addresses of one port collide on the same host, and on any host with a wildcard. */
function collide(one: string, other: string): boolean {
  const [a, b] = [parseAddress(one), parseAddress(other)]
  if (a === undefined || b === undefined) return false
  if (a.kind === 'unix' || b.kind === 'unix') {
    return a.kind === 'unix' && b.kind === 'unix' && a.path === b.path
  }
  const wildcard = [a.host, b.host].some(host => host === '0.0.0.0' || host === '::')
  return a.port === b.port && a.port !== 0 && (a.host === b.host || wildcard)
}
