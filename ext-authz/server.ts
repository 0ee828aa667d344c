import { chmod } from 'node:fs/promises'
import { Server, ServerCredentials, type ServerUnaryCall, type sendUnaryData } from '@grpc/grpc-js'
import { HealthImplementation } from 'grpc-health-check'
import type { AuthorizerSource } from './authorizer.js'
import { check } from './check.js'
import type { DecisionLog } from './decision-log.js'
import type { CheckResponse } from './generated/envoy/service/auth/v3/external_auth_pb.js'
import {
  formatListenAddress,
  type ListenAddress,
  ListenError,
  prepareListenAddress,
} from './listen-address.js'
import { authorizationDefinition, authorizationServiceName } from './service-definition.js'

/** How the service runs. */
export interface ServerSettings {
  readonly listen: ListenAddress
  /** What decides, asked anew for each check: a new version is in force from one check to the next. */
  readonly authorizers: AuthorizerSource
  /** False: gRPC health says NOT_SERVING until {@link RunningServer.setServing}. */
  readonly serving?: boolean
  readonly log: DecisionLog
  /** How long calls that are under way may take to end at {@link RunningServer.stop}. */
  readonly drainMilliseconds?: number
}

/** A server that answers checks. */
export interface RunningServer {
  /** Where it listens, as gRPC names it; with the port that was taken when 0 was asked for. */
  readonly address: string
  /** Says by gRPC health whether checks should be sent here; they are answered all the same. */
  setServing(serving: boolean): void
  /** Reports NOT_SERVING, finishes the calls under way within the drain time, and closes. */
  stop(): Promise<void>
}

/** Envoy takes 60 KiB of headers by default and 8 MiB at the most; a check holds them about once. */
const maximumMessageBytes = 10 << 20

/**
 * Starts the ext_authz gRPC service with gRPC health (the whole server as `""`, and
 * `envoy.service.auth.v3.Authorization`).
 *
 * @throws {ListenError} when the address cannot be listened on
 */
export async function startServer(settings: ServerSettings): Promise<RunningServer> {
  const { listen, authorizers, log, serving = true, drainMilliseconds = 5000 } = settings
  const server = new Server({ 'grpc.max_receive_message_length': maximumMessageBytes })
  server.addService(authorizationDefinition, {
    check(call: ServerUnaryCall<Buffer, CheckResponse>, reply: sendUnaryData<CheckResponse>) {
      const start = process.hrtime.bigint()
      const { response, record } = check(
        call.request,
        key => call.metadata.get(key).map(String),
        authorizers.current,
      )
      reply(null, response)
      log.decision(record, Number((process.hrtime.bigint() - start) / 1000n))
    },
  })
  const health = new HealthImplementation()
  health.addToServer(server)
  const address = await bind(server, listen)
  let stopping = false
  const setServing = (serving: boolean) => {
    if (!stopping) setHealth(health, serving ? 'SERVING' : 'NOT_SERVING')
  }
  setServing(serving)
  log.event('listening', { address, version: authorizers.current.version })
  return {
    address,
    setServing,
    async stop() {
      stopping = true
      setHealth(health, 'NOT_SERVING')
      await drain(server, drainMilliseconds)
      log.event('stopped', { address })
    },
  }
}

async function bind(server: Server, listen: ListenAddress): Promise<string> {
  await prepareListenAddress(listen)
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync(
      formatListenAddress(listen),
      ServerCredentials.createInsecure(),
      (error, bound) => {
        if (error === null) resolve(bound)
        else reject(new ListenError(error.message, 'name another address in service.listen'))
      },
    )
  })
  // Envoy is another user; as a member of the socket's group it may connect, and nobody else may.
  if (listen.kind === 'unix') await chmod(listen.path, 0o660)
  return formatListenAddress(listen.kind === 'tcp' ? { ...listen, port } : listen)
}

function setHealth(health: HealthImplementation, status: 'SERVING' | 'NOT_SERVING'): void {
  for (const service of ['', authorizationServiceName]) health.setStatus(service, status)
}

/** Waits until the calls under way have ended, and ends what has not by the deadline. */
function drain(server: Server, milliseconds: number): Promise<void> {
  return new Promise(resolve => {
    const deadline = setTimeout(() => server.forceShutdown(), milliseconds)
    server.tryShutdown(() => {
      clearTimeout(deadline)
      resolve()
    })
  })
}
