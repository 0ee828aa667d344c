import { dirname, join } from 'node:path'
import { formatSpiffeId, placeAt, type YamlNode } from '../policy/index.js'
import { type Address, parseAddress, type TcpAddress } from './address.js'
import {
  type Caller,
  type Client,
  type ClusterSource,
  type Configuration,
  type CuritySettings,
  type EnvoyTls,
  targets,
} from './configuration.js'
import { curity } from './curity-schema.js'
import { parseDuration } from './duration.js'
import { gatewayLabels } from './kubernetes-names.js'
import { oauthPaths, serverNames } from './products.js'
import type { ConfigurationInput } from './schema.js'

/**
 * Derives everything that sidecert.yaml leaves to derive. The input has passed its schema.
 *
 * @param root - the document that the input comes from
 */
export function resolve(input: ConfigurationInput, file: string, root: YamlNode): Configuration {
  const { trustDomain, clusterDomain } = input
  const caller = ({ workload }: { readonly workload: string }): Caller => {
    const [namespace = '', serviceAccount = ''] = workload.split('/')
    return identity(trustDomain, namespace, serviceAccount)
  }
  const { namespace, product, release, port, header } = input.authorizationServer
  const names = serverNames(input.authorizationServer)
  const listen = address(input.service.listen)
  return {
    file,
    trustDomain,
    trustDomainAliases: input.trustDomainAliases,
    rootNamespace: input.rootNamespace,
    clusterDomain,
    targets: input.target === 'all' ? targets : [input.target],
    forwarding: input.forwarding,
    authorizationServer: {
      product,
      ...(product === 'curity' ? { release: release ?? 'curity' } : {}),
      ...names,
      ...identity(trustDomain, namespace, names.serviceAccount),
      host: `${names.serviceName}.${namespace}.svc.${clusterDomain}`,
      port,
      paths: input.authorizationServer.paths ?? oauthPaths[product],
      header: { name: header.name.toLowerCase(), format: header.format },
      ...(product === 'curity' ? { curity: curitySettings(input, names.name) } : {}),
    },
    gateways: input.gateways.map(({ workload, product, labels, host, port }) => {
      const identity = caller({ workload })
      return {
        ...identity,
        product,
        labels: labels ?? gatewayLabels(identity.serviceAccount),
        ...(host === undefined ? {} : { host }),
        port,
      }
    }),
    clients: input.clients.map(client => resolveClient(client, caller(client))),
    apis: input.apis.map(caller),
    policies: input.policies.map((pattern, index) => ({
      pattern,
      place: placeAt(root, ['policies', index]),
    })),
    trustBundles: input.trustBundles.map(bundle => ({
      trustDomain: bundle.trustDomain,
      file: besides(file, bundle.file),
    })),
    cluster: input.policiesFrom === 'cluster' ? clusterSource(input, file, namespace) : undefined,
    service: {
      name: input.service.name,
      namespace: input.service.namespace ?? namespace,
      host: `${input.service.name}.${input.service.namespace ?? namespace}.svc.${clusterDomain}`,
      listen,
      admin: addressOrOff(input.service.admin),
      timeoutMilliseconds: parseDuration(input.service.timeout) ?? unreachable('service.timeout'),
      whenNoPolicy: input.service.whenNoPolicy,
      dryRun: input.service.dryRun,
      workload: input.service.workload ?? { namespace, labels: names.labels },
      deployment: input.service.deployment,
      image: input.service.image,
    },
    mesh: input.mesh,
    envoy: {
      version: input.envoy.version,
      listen: tcp(address(input.envoy.listen)),
      upstream:
        input.envoy.upstream === undefined
          ? { kind: 'tcp', host: '127.0.0.1', port }
          : address(input.envoy.upstream),
      service: input.envoy.service === undefined ? reach(listen) : address(input.envoy.service),
      admin: input.envoy.admin === 'off' ? undefined : tcp(address(input.envoy.admin)),
      directory: input.envoy.directory,
      tls: envoyTls(input.envoy.tls),
    },
  }
}

function resolveClient(client: ConfigurationInput['clients'][number], caller: Caller): Client {
  const { clientId, type, image, port, grants, redirectUris, scopes, audience } = client
  return {
    clientId,
    ...(type === undefined ? {} : { type }),
    ...caller,
    image: image ?? `${caller.serviceAccount}:v1`,
    port,
    grants: grants ?? (redirectUris.length > 0 ? ['authorization-code'] : ['client-credentials']),
    redirectUris,
    scopes,
    ...(audience === undefined ? {} : { audience }),
  }
}

function curitySettings(input: ConfigurationInput, name: string): CuritySettings {
  const { namespace } = input.authorizationServer
  const said = input.authorizationServer.curity ?? curity.parse({})
  const { version, adminServiceAccount, ...settings } = said
  const serviceAccount = adminServiceAccount ?? `${name}-admin`
  const { spiffeId } = identity(input.trustDomain, namespace, serviceAccount)
  return {
    ...settings,
    ...(version === undefined ? {} : { version }),
    admin: { serviceAccount, labels: { role: `${name}-admin` }, spiffeId },
  }
}

function identity(trustDomain: string, namespace: string, serviceAccount: string): Caller {
  const path = `/ns/${namespace}/sa/${serviceAccount}`
  return { namespace, serviceAccount, spiffeId: formatSpiffeId({ trustDomain, path }) }
}

/** An address that takes connections from anywhere is reached on the machine itself. */
function clusterSource(
  { cluster = {}, service, rootNamespace }: ConfigurationInput,
  file: string,
  serverNamespace: string,
): ClusterSource {
  const { namespaces = [service.workload?.namespace ?? serverNamespace] } = cluster
  const { server, tokenFile, caFile } = cluster
  return {
    namespaces: namespaces.includes('*')
      ? 'all'
      : [...new Set([...namespaces, rootNamespace])].sort(),
    server,
    tokenFile: tokenFile && besides(file, tokenFile),
    caFile: caFile && besides(file, caFile),
  }
}

/** A path that sidecert.yaml names is relative to the directory of that file. */
function besides(file: string, path: string): string {
  return path.startsWith('/') ? path : join(dirname(file), path)
}

function reach(listen: Address): Address {
  if (listen.kind === 'unix') return listen
  if (listen.host === '0.0.0.0') return { ...listen, host: '127.0.0.1' }
  return listen.host === '::' ? { ...listen, host: '::1' } : listen
}

function envoyTls(tls: ConfigurationInput['envoy']['tls']): EnvoyTls {
  const { certificate, privateKey, trustedCa } = tls
  if (certificate !== undefined && privateKey !== undefined && trustedCa !== undefined) {
    return { kind: 'files', certificate, privateKey, trustedCa }
  }
  const socket = tls.workloadApi?.slice('unix:'.length) ?? '/run/spire/sockets/agent.sock'
  return { kind: 'workload-api', socket }
}

function addressOrOff(text: string): Address | undefined {
  return text === 'off' ? undefined : address(text)
}

function address(text: string): Address {
  return parseAddress(text) ?? unreachable(text)
}

function tcp(parsed: Address): TcpAddress {
  return parsed.kind === 'tcp' ? parsed : unreachable(parsed.path)
}

function unreachable(text: string): never {
  throw new Error(`${text} passed the schema and cannot be resolved`)
}
