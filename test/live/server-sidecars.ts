import { join } from 'node:path'
import { findEnvoy } from '../../rig/envoy-binary.js'
import { type RunningEnvoy, startEnvoy } from '../../rig/envoy-process.js'
import type { Lifetime } from '../../rig/lifetime.js'
import { type Identities, issueIdentities, writeConfiguration } from '../../rig/mesh.js'
import { withEveryAdmission } from '../../rig/server-sidecar.js'
import { startService } from '../../rig/service-process.js'
import { serverSidecar, type Variant } from '../../rig/system.js'
import { startUpstream, type Upstream } from '../../rig/upstream.js'

/** Server sidecars, one a variant, in front of an application that keeps what it gets. */
export interface ServerSidecars {
  readonly identities: Identities
  readonly upstream: Upstream
  readonly sidecars: ReadonlyMap<Variant, RunningEnvoy>
}

/** How the sidecars are started. */
export interface ServerSidecarsOptions {
  readonly variants: readonly Variant[]
  /** Stands in for the ext_authz service: started with the path of the socket to listen on. */
  readonly service?: (socket: string) => Promise<unknown>
  /** How long Envoy waits for the service. */
  readonly timeout?: string
  /** A policy beside the one that the clients imply. */
  readonly policy?: string
}

/** Starts them; the lifetime ends them. */
export async function startServerSidecars(
  lifetime: Lifetime,
  options: ServerSidecarsOptions,
): Promise<ServerSidecars> {
  const program = await findEnvoy()
  const folder = lifetime.folder()
  const identities = await issueIdentities()
  const upstream = await startUpstream()
  lifetime.add(upstream.close)
  const socket = join(folder, 'service.sock')
  const file = await writeConfiguration(folder, identities, {
    upstream: `127.0.0.1:${upstream.port}`,
    service: `unix:${socket}`,
    ...(options.timeout === undefined ? {} : { timeout: options.timeout }),
    ...(options.policy === undefined ? {} : { policy: options.policy }),
  })
  if (options.service !== undefined) await options.service(socket)
  else if (options.variants.includes('ext-authz')) await startService(lifetime, file, socket)

  const started = await Promise.all(
    options.variants.map(async variant => {
      const config = withEveryAdmission(await serverSidecar(file, variant, folder))
      const envoy = await startEnvoy({ program, name: `the ${variant} sidecar`, config, lifetime })
      return [variant, envoy] as const
    }),
  )
  return { identities, upstream, sidecars: new Map(started) }
}
