import { connect as connectPlain, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import type { HeaderLines } from './header-lines.js'
import { parseAnswer } from './http1-answer.js'

const deadline = 20_000

/** How a caller reaches a server: in the clear, or by TLS with or without a certificate of its own. */
export type CallerTls =
  | { readonly kind: 'plaintext' }
  | {
      readonly kind: 'tls'
      /** PEM of the certificates and of the private key that the caller shows, if any. */
      readonly chain?: string
      readonly key?: string
    }

/** A request to be sent exactly as it stands. */
export interface Call {
  readonly port: number
  readonly tls: CallerTls
  readonly method: string
  readonly path: string
  /** Beside the host and the length of the body, which are added. */
  readonly headerLines: HeaderLines
  readonly body?: string
}

/**
 * What came of a call: an answer, or none because the connection was refused, reset or closed
 * before one came.
 */
export type CallResult =
  | { readonly kind: 'answer'; readonly status: number; readonly body: string }
  | { readonly kind: 'no-answer'; readonly reason: string }

/**
 * Sends a request in HTTP/1.1 as an attacker can: byte by byte, so that header names keep their
 * case, lines are repeated and values hold any byte (one a character, Latin-1).
 *
 * Whom it talks to is not checked: it stands for a caller that does not care.
 */
export function callHttp1(call: Call): Promise<CallResult> {
  const body = Buffer.from(call.body ?? '', 'latin1')
  const lines: HeaderLines = [
    ['Host', 'authorization-server.example'],
    ['Connection', 'close'],
    ...call.headerLines,
    ['Content-Length', String(body.length)],
  ]
  const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')
  const request = Buffer.from(`${call.method} ${call.path} HTTP/1.1\r\n${head}\r\n`, 'latin1')
  return new Promise(resolve => {
    const socket = open(call, ['http/1.1'])
    let received = Buffer.alloc(0)
    const finish = (reason: string) => {
      const answer = parseAnswer(received, true)
      resolve(answer ? { kind: 'answer', ...answer } : { kind: 'no-answer', reason })
    }
    socket.setTimeout(deadline, () => socket.destroy(new Error('no answer in time')))
    socket.on('error', error => finish(error.message))
    socket.on('close', () => finish('the connection was closed'))
    socket.on('data', chunk => {
      received = Buffer.concat([received, chunk])
      // Envoy lingers before it closes a connection.
      if (parseAnswer(received, false) !== undefined) socket.destroy()
    })
    socket.write(Buffer.concat([request, body]))
  })
}

/** Opens the connection of a call, TLS with these protocols (ALPN). */
export function open(call: Pick<Call, 'port' | 'tls'>, protocols: readonly string[]): Socket {
  const { port, tls } = call
  if (tls.kind === 'plaintext') return connectPlain(port, '127.0.0.1')
  return connectTls({
    host: '127.0.0.1',
    port,
    rejectUnauthorized: false,
    ALPNProtocols: [...protocols],
    ...(tls.chain === undefined ? {} : { cert: tls.chain }),
    ...(tls.key === undefined ? {} : { key: tls.key }),
  })
}
