import { join } from 'node:path'
import type { Forwarding } from '../config/index.js'
import { encodePeerCertificate } from '../ext-authz/index.js'
import { articleHttpFilters } from './article-filter.js'
import { type AuthorizationServer, startAuthorizationServer } from './authorization-server.js'
import { clientSidecar, inlineCredentials } from './client-sidecar.js'
import { findEnvoy } from './envoy-binary.js'
import { type EnvoyBootstrap, startEnvoy } from './envoy-process.js'
import { generateSidecar } from './generated-sidecar.js'
import type { Lifetime } from './lifetime.js'
import {
  certificateHeader,
  clients,
  type Identities,
  issueIdentities,
  spiffeIdOf,
  type Workload,
  writeConfiguration,
} from './mesh.js'
import {
  type Admission,
  admissions,
  withEveryAdmission,
  withHttpFilters,
} from './server-sidecar.js'
import { startService } from './service-process.js'

/** What puts the certificate into the header: a way of sidecert, or the filter to compare with. */
export type Variant = 'article' | Forwarding

/** The workloads that have a sidecar of their own. */
export const callers = ['website', 'reports', 'guestbook'] as const

/** One of them. */
export type Caller = (typeof callers)[number]

/** One server sidecar and the ways to it. */
export interface Route {
  readonly variant: Variant
  /** The server sidecar's own ports, by what they ask of callers. */
  readonly server: Readonly<Record<Admission, number>>
  /** Where each workload finds its own sidecar, plain HTTP. */
  readonly sidecar: Readonly<Record<Caller, number>>
}

/** A mesh on loopback: everything that takes part in issuing a token. */
export interface System {
  readonly folder: string
  readonly identities: Identities
  readonly authorizationServer: AuthorizationServer
  readonly routes: readonly Route[]
}

/** How the mesh is started. */
export interface SystemOptions {
  readonly variants: readonly Variant[]
  /** Ends it. */
  readonly lifetime: Lifetime
  readonly onProgress: (message: string) => void
}

/**
 * Starts a mesh: an authorization server that reads the first certificate header as naive servers
 * do, one Envoy in front of it for each variant, one Envoy beside each calling workload, and the
 * ext_authz service if a variant needs it.
 *
 * @throws RigError when a part cannot be started
 */
export async function startSystem(options: SystemOptions): Promise<System> {
  const { variants, lifetime, onProgress } = options
  const program = await findEnvoy({ onProgress })
  onProgress('issuing SVIDs from a throwaway authority')
  const folder = lifetime.folder()
  const identities = await issueIdentities()
  onProgress('starting the authorization server')
  const authorizationServer = await startAuthorizationServer({
    clients,
    headerName: certificateHeader,
    trustedCa: identities.authority.caPem,
    reading: 'first-line',
  })
  lifetime.add(authorizationServer.close)

  const socket = join(folder, 'service.sock')
  const file = await writeConfiguration(folder, identities, {
    upstream: `127.0.0.1:${authorizationServer.port}`,
    service: `unix:${socket}`,
  })
  if (variants.includes('ext-authz')) {
    onProgress('starting the ext_authz service')
    await startService(lifetime, file, socket)
  }

  onProgress(`starting ${variants.length} Envoys in front of the authorization server`)
  const servers = await Promise.all(
    variants.map(async variant => {
      const config = withEveryAdmission(await serverSidecar(file, variant, folder))
      const envoy = await startEnvoy({ program, name: `the ${variant} sidecar`, config, lifetime })
      return { variant, ports: byName(admissions, envoy.port) }
    }),
  )
  onProgress(`starting ${callers.length} Envoys beside the workloads`)
  const sidecars = await Promise.all(
    callers.map(async caller => {
      const targets = servers.map(({ variant, ports }) => ({
        name: variant,
        server: { address: '127.0.0.1', port: ports.required },
        serverId: spiffeIdOf('authorizationServer'),
      }))
      const config = clientSidecar(inlineCredentials(identities.svids[caller]), targets)
      const envoy = await startEnvoy({
        program,
        name: `the sidecar of ${caller}`,
        config,
        lifetime,
      })
      return [caller, envoy] as const
    }),
  )
  const routes = servers.map(({ variant, ports }) => ({
    variant,
    server: ports,
    sidecar: Object.fromEntries(
      sidecars.map(([caller, envoy]) => [caller, envoy.port(variant)]),
    ) as Record<Caller, number>,
  }))
  return { folder, identities, authorizationServer, routes }
}

/** The configuration of a server's sidecar: what sidecert generates, or the filter to compare. */
export async function serverSidecar(
  configurationFile: string,
  variant: Variant,
  folder: string,
): Promise<EnvoyBootstrap> {
  if (variant !== 'article')
    return (await generateSidecar(configurationFile, variant, folder)).config
  const { config } = await generateSidecar(configurationFile, 'native', join(folder, variant))
  return withHttpFilters(config, articleHttpFilters(certificateHeader))
}

function byName<Name extends string>(
  names: readonly Name[],
  value: (name: Name) => number,
): Readonly<Record<Name, number>> {
  return Object.fromEntries(names.map(name => [name, value(name)])) as Record<Name, number>
}

/** The SVID header value of a workload: what anybody who has seen its certificate can send. */
export function headerValueOf({ svids }: Identities, workload: Workload): string {
  return encodePeerCertificate(svids[workload].certificate)
}
