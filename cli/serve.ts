import { Command } from 'commander'
import type { Service } from '../config/index.js'
import {
  type DecisionLog,
  ListenError,
  openDecisionLog,
  Reloader,
  type RunningAdmin,
  type RunningServer,
  startAdmin,
  startServer,
  statusLines,
} from '../ext-authz/index.js'
import { Failure } from './failure.js'
import { report } from './load.js'
import { configurationOption } from './options.js'
import { ServiceInputs } from './service-inputs.js'

const help = `
Example:
  sidecert serve -c examples/curity/sidecert.yaml

Policies and settings are read anew when their files or the cluster's policies change, and on SIGHUP.`

/** `sidecert serve`: the ext_authz service, until SIGTERM or SIGINT. */
export function serveCommand(): Command {
  return new Command('serve')
    .description('run the ext_authz service that sidecert.yaml describes')
    .addOption(configurationOption())
    .addHelpText('after', help)
    .action(async ({ config }: { config: string }) => serve(config))
}

async function serve(file: string): Promise<void> {
  const log = openDecisionLog()
  const { service, reloader, inputs } = await begin(file, log)
  const stopped = stopSignal()
  const reload = () => reloader.request('signal')
  process.on('SIGHUP', reload)
  try {
    const running = await open(service, reloader, inputs, log)
    const signal = await stopped
    log.event('stopping', { signal })
    await running.stop()
  } finally {
    process.off('SIGHUP', reload)
    await reloader.stop()
    await inputs.stop()
  }
}

/** Reads everything for the first time: what is wrong now ends the command. */
async function begin(file: string, log: DecisionLog) {
  let reloader: Reloader | undefined
  const inputs = new ServiceInputs(file, log, () => reloader?.request('cluster'))
  const candidate = await inputs.read()
  const built = candidate.build()
  const reported = report(built.diagnostics)
  if (built.kind === 'broken' || candidate.configuration === undefined) throw reported
  const read = () => inputs.read()
  reloader = new Reloader({ read, first: { candidate, built }, log })
  // What the cluster has told in the meantime has gone nowhere.
  if (built.kind === 'incomplete') reloader.request('cluster')
  return { service: candidate.configuration.service, reloader, inputs }
}

async function open(
  service: Service,
  reloader: Reloader,
  inputs: ServiceInputs,
  log: DecisionLog,
): Promise<RunningServer> {
  let accepting = false
  const loaded = () => reloader.status.running !== undefined
  const state = {
    ready: () => accepting && loaded(),
    detail: () => [...statusLines(reloader.status), ...inputs.clusterLines()],
  }
  const admin = await opening(async () =>
    service.admin === undefined ? undefined : startAdmin(service.admin, state),
  )
  const { listen } = service
  const server = await opening(() =>
    startServer({ listen, authorizers: reloader, log, serving: loaded() }),
  ).catch(async error => {
    await admin?.stop()
    throw error
  })
  accepting = true
  const tellHealth = () => server.setServing(loaded())
  reloader.onSwap(tellHealth)
  tellHealth()
  return {
    ...server,
    async stop() {
      accepting = false
      await stop(server, admin)
    },
  }
}

async function stop(server: RunningServer, admin: RunningAdmin | undefined): Promise<void> {
  await server.stop()
  await admin?.stop()
}

/** Waits for the signal that ends the service; a second one, of either kind, ends it at once. */
function stopSignal(): Promise<NodeJS.Signals> {
  const signals = ['SIGTERM', 'SIGINT'] as const
  return new Promise(resolve => {
    const stop = (signal: NodeJS.Signals) => {
      for (const each of signals) process.off(each, stop)
      resolve(signal)
    }
    for (const each of signals) process.on(each, stop)
  })
}

async function opening<T>(open: () => Promise<T>): Promise<T> {
  try {
    return await open()
  } catch (error) {
    throw error instanceof ListenError ? new Failure(error.message, error.hint) : error
  }
}
