import { createServer, type IncomingMessage, type RequestListener } from 'node:http'
import { createServer as createHttp2Server } from 'node:http2'
import type { AddressInfo, Server } from 'node:net'
import { type HeaderLines, pairHeaderLines, valuesOf } from './header-lines.js'

/** Envoy passes on header sections far beyond what Node accepts on its own. */
const maxHeaderSize = 256 * 1024

/** One request as it arrived at the application. */
export interface ArrivedRequest {
  readonly method: string
  readonly path: string
  readonly httpVersion: string
  readonly headerLines: HeaderLines
}

/** The request header by which a call is found again among what arrived. */
export const callIdHeader = 'x-call-id'

/** An application behind a sidecar that keeps every request exactly as it came. */
export interface Upstream {
  readonly port: number
  /** What arrived of the call with this id, oldest first. */
  arrived(callId: string): readonly ArrivedRequest[]
  close(): Promise<void>
}

/** The requests that hold this call id. */
export function ofCall(
  requests: readonly ArrivedRequest[],
  callId: string,
): readonly ArrivedRequest[] {
  return requests.filter(({ headerLines }) => valuesOf(headerLines, callIdHeader).includes(callId))
}

/** What a request holds on arrival, before anything has interpreted it. */
export function arrivedRequest(request: {
  readonly method?: string | undefined
  readonly url?: string | undefined
  readonly httpVersion: string
  readonly rawHeaders: string[]
}): ArrivedRequest {
  return {
    method: request.method ?? '',
    path: request.url ?? '',
    httpVersion: request.httpVersion,
    headerLines: pairHeaderLines(request.rawHeaders),
  }
}

/**
 * Starts the application on a free port of 127.0.0.1, in HTTP/1.1 or in HTTP/2 with prior
 * knowledge (h2c). It answers 200 with what it has seen, as JSON.
 */
export async function startUpstream(protocol: 'http1' | 'h2c' = 'http1'): Promise<Upstream> {
  const requests: ArrivedRequest[] = []
  const arrived = (callId: string) => ofCall(requests, callId)
  const answer: RequestListener = (request, response) => {
    const arrived = arrivedRequest(request)
    requests.push(arrived)
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end(JSON.stringify(arrived))
  }
  if (protocol === 'http1') {
    const server = createServer({ maxHeaderSize }, answer)
    const port = await listenOnLoopback(server)
    return { port, arrived, close: () => closeServer(server, () => server.closeAllConnections()) }
  }
  const settings = { maxHeaderListSize: maxHeaderSize }
  const server = createHttp2Server({ settings }, (request, response) =>
    answer(request as unknown as IncomingMessage, response as never),
  )
  const sessions = new Set<{ destroy(): void }>()
  server.on('session', session => {
    sessions.add(session)
    session.once('close', () => sessions.delete(session))
  })
  const port = await listenOnLoopback(server)
  return {
    port,
    arrived,
    close: () => closeServer(server, () => sessions.forEach(session => void session.destroy())),
  }
}

/** Has a server listen on a free port of 127.0.0.1. */
export function listenOnLoopback(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      server.off('error', reject)
      resolve((server.address() as AddressInfo).port)
    })
  })
}

/** Closes a server and what is still connected to it. */
export function closeServer(server: Server, dropConnections: () => void): Promise<void> {
  return new Promise(resolve => {
    server.close(() => resolve())
    dropConnections()
  })
}
