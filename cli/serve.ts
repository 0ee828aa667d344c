import { Command } from 'commander'
import {
  createAuthorizer,
  ListenError,
  openDecisionLog,
  type RunningAdmin,
  type RunningServer,
  startAdmin,
  startServer,
} from '../ext-authz/index.js'
import { authorizerSettings } from './authorizer-settings.js'
import { Failure } from './failure.js'
import { load } from './load.js'
import { configurationOption } from './options.js'

/** `sidecert serve`: the ext_authz service, until SIGTERM or SIGINT. */
export function serveCommand(): Command {
  return new Command('serve')
    .description('run the ext_authz service that sidecert.yaml describes')
    .addOption(configurationOption())
    .addHelpText('after', '\nExample:\n  sidecert serve -c examples/curity/sidecert.yaml')
    .action(async ({ config }: { config: string }) => serve(config))
}

async function serve(file: string): Promise<void> {
  const { configuration, policies } = await load(file)
  const { service } = configuration
  const authorizer = createAuthorizer(await authorizerSettings(configuration, policies))
  const log = openDecisionLog()
  const stopped = stopSignal()
  let ready = false
  const admin = await opening(async () =>
    service.admin === undefined ? undefined : startAdmin(service.admin, { ready: () => ready }),
  )
  const server = await opening(() =>
    startServer({ listen: service.listen, authorizer, log }),
  ).catch(async error => {
    await admin?.stop()
    throw error
  })
  ready = true
  const signal = await stopped
  ready = false
  log.event('stopping', { signal })
  await stop(server, admin)
}

async function stop(server: RunningServer, admin: RunningAdmin | undefined): Promise<void> {
  await server.stop()
  await admin?.stop()
}

/** Waits for the signal that ends the service; a second one ends it at once. */
function stopSignal(): Promise<NodeJS.Signals> {
  return new Promise(resolve => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, resolve)
  })
}

async function opening<T>(open: () => Promise<T>): Promise<T> {
  try {
    return await open()
  } catch (error) {
    throw error instanceof ListenError ? new Failure(error.message, error.hint) : error
  }
}
