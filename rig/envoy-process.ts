import { execFile } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { startChild, waitUntilReady } from './child.js'
import { Lifetime } from './lifetime.js'

const run = promisify(execFile)

/** An Envoy bootstrap configuration as plain data (envoy.config.bootstrap.v3.Bootstrap). */
export type EnvoyBootstrap = object

/** How an Envoy is started. */
export interface EnvoyOptions {
  /** The path of the program. */
  readonly program: string
  /** What messages call it. */
  readonly name: string
  /**
   * What it runs. Its `admin` is replaced by a unix socket that only this user reaches. A listener
   * on port 0 gets a port that is free, which `port` then tells.
   */
  readonly config: EnvoyBootstrap
  /** Ends it: it and its files belong to this from the first moment. */
  readonly lifetime: Lifetime
  readonly onLine?: (line: string) => void
}

/** An Envoy that runs. */
export interface RunningEnvoy {
  /** The port that a listener of this name has got. Throws if there is none. */
  port(listener: string): number
  /** Asks the admin interface for a path, such as `/stats?filter=ext_authz`. */
  admin(path: string): Promise<string>
  /** The last lines of its log. */
  logTail(): string
  /** Stops it before its lifetime ends. Never throws. */
  stop(): Promise<void>
}

/**
 * Starts an Envoy on this machine and waits until it is live and all of its listeners are bound.
 *
 * It shares nothing with other Envoys of the machine, and ends with the process that started it.
 *
 * @throws RigError `process-not-ready`, with the end of Envoy's log
 */
export async function startEnvoy(options: EnvoyOptions): Promise<RunningEnvoy> {
  const folder = options.lifetime.folder()
  const socketPath = join(folder, 'admin.sock')
  const config = { ...options.config, admin: { address: { pipe: { path: socketPath } } } }
  const file = writeConfig(folder, config)
  const child = startChild({
    name: options.name,
    command: options.program,
    args: ['-c', file, '--concurrency', '1', '--disable-hot-restart', '--log-level', 'warning'],
    ...(options.onLine === undefined ? {} : { onLine: options.onLine }),
  })
  options.lifetime.add(child.stop)
  const wanted = countListeners(config)
  let ports: ReadonlyMap<string, number> = new Map()
  await waitUntilReady(child, async () => {
    if ((await get(socketPath, '/ready').catch(() => '')) !== 'LIVE\n') return false
    ports = readPorts(await get(socketPath, '/listeners?format=json'))
    return ports.size === wanted
  })
  return {
    port: listener => {
      const port = ports.get(listener)
      if (port === undefined) throw new RangeError(`${options.name} has no listener ${listener}`)
      return port
    },
    admin: path => get(socketPath, path),
    logTail: child.logTail,
    stop: child.stop,
  }
}

/**
 * Has an Envoy read a configuration without running it (`--mode validate`).
 *
 * @returns nothing when it is valid, else what Envoy says against it
 */
export async function validateEnvoyConfig(
  program: string,
  config: EnvoyBootstrap,
): Promise<string | undefined> {
  const lifetime = new Lifetime()
  try {
    const file = writeConfig(lifetime.folder(), config)
    await run(program, ['--mode', 'validate', '-c', file, '--log-level', 'error'])
    return undefined
  } catch (error) {
    return (error as { stderr?: string }).stderr ?? String(error)
  } finally {
    await lifetime.end()
  }
}

function countListeners(config: EnvoyBootstrap): number {
  const { static_resources: resources } = config as {
    static_resources?: { listeners?: readonly unknown[] }
  }
  return resources?.listeners?.length ?? 0
}

function writeConfig(folder: string, config: EnvoyBootstrap): string {
  const file = join(folder, 'envoy.json')
  writeFileSync(file, JSON.stringify(config), { mode: 0o600 })
  return file
}

function get(socketPath: string, path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const asked = request({ socketPath, path, timeout: 10_000 }, response => {
      let body = ''
      response.setEncoding('utf8')
      response.on('data', chunk => {
        body += chunk
      })
      response.on('end', () => resolve(body))
      response.on('error', reject)
    })
    asked.on('timeout', () => asked.destroy(new Error(`no answer to ${path}`)))
    asked.on('error', reject)
    asked.end()
  })
}

interface ListenerStatuses {
  readonly listener_statuses?: readonly {
    readonly name: string
    readonly local_address?: { readonly socket_address?: { readonly port_value?: number } }
  }[]
}

function readPorts(json: string): ReadonlyMap<string, number> {
  const { listener_statuses: statuses = [] } = JSON.parse(json) as ListenerStatuses
  return new Map(
    statuses.map(({ name, local_address }) => [
      name,
      local_address?.socket_address?.port_value ?? 0,
    ]),
  )
}
