import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { formatListenAddress, type ListenAddress, prepareListenAddress } from './listen-address.js'

/** What the admin port tells. */
export interface AdminState {
  /** Whether checks are answered: false while starting and from the first sign of stopping. */
  readonly ready: () => boolean
  /** Lines for people that follow on the answer of `/readyz`. */
  readonly detail?: () => readonly string[]
}

/** The admin port while it is open. */
export interface RunningAdmin {
  readonly address: string
  stop(): Promise<void>
}

/**
 * Opens the admin port, which is read-only: `/healthz` answers while the process lives, `/readyz`
 * while it answers checks.
 *
 * @throws {ListenError} when the address cannot be listened on
 */
export async function startAdmin(listen: ListenAddress, state: AdminState): Promise<RunningAdmin> {
  await prepareListenAddress(listen, 'service.admin')
  const server = createServer((request, response) => answer(request, response, state))
  await new Promise<void>(resolve => {
    if (listen.kind === 'unix') server.listen(listen.path, resolve)
    else server.listen(listen.port, listen.host, resolve)
  })
  return {
    address: formatListenAddress(
      listen.kind === 'tcp' ? { ...listen, port: (server.address() as AddressInfo).port } : listen,
    ),
    stop: () => close(server),
  }
}

function answer(request: IncomingMessage, response: ServerResponse, state: AdminState): void {
  const [status, text] = statusAndText(request, state)
  if (status === 405) response.setHeader('allow', 'GET, HEAD')
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(`${text}\n`)
}

function statusAndText({ method, url }: IncomingMessage, state: AdminState): [number, string] {
  if (method !== 'GET' && method !== 'HEAD') return [405, 'read-only']
  switch (url?.split('?', 1)[0]) {
    case '/healthz':
      return [200, 'ok']
    case '/readyz':
      return readiness(state)
    default:
      return [404, 'there are /healthz and /readyz']
  }
}

function readiness({ ready, detail }: AdminState): [number, string] {
  const isReady = ready()
  const lines = [isReady ? 'ready' : 'not ready', ...(detail?.() ?? [])]
  return [isReady ? 200 : 503, lines.join('\n')]
}

function close(server: Server): Promise<void> {
  return new Promise(resolve => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}
