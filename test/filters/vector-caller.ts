import { connect as connectTcp, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import type { IssuedSvid } from '../../rig/index.js'
import type { VectorRequest } from './istio-vector.js'

/** A connection as a vector has it. */
export type VectorConnection = Pick<
  VectorRequest,
  'peer' | 'sourceIp' | 'destinationIp' | 'destinationPort' | 'sni'
>

/**
 * Opens the connection of a vector to a port of loopback.
 *
 * Where it is said to have arrived goes ahead in a PROXY protocol line, and where it comes from is
 * where it comes from.
 */
export function connectVector(
  connection: VectorConnection,
  port: number,
  svid: IssuedSvid | undefined,
  protocol: 'http/1.1' | 'h2' = 'http/1.1',
): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const raw = connectTcp({ host: '127.0.0.1', port, localAddress: connection.sourceIp })
    raw.once('error', reject)
    raw.once('connect', () => {
      const to = connection.destinationIp
      const family = to.includes(':') ? 'TCP6' : 'TCP4'
      const from = to.includes(':') ? '::1' : connection.sourceIp
      raw.write(`PROXY ${family} ${from} ${to} 40000 ${connection.destinationPort}\r\n`)
      raw.off('error', reject)
      resolve(secured(raw, connection, svid, protocol))
    })
  })
}

/** Sends a request of a vector byte by byte on a connection of its own; answers with the status. */
export async function callVector(
  request: VectorRequest,
  port: number,
  svid: IssuedSvid | undefined,
): Promise<number> {
  const socket = await connectVector(request, port, svid)
  return new Promise((resolve, reject) => {
    let text = ''
    socket.on('error', reject)
    socket.on('close', () => reject(new Error('the connection was closed without an answer')))
    socket.on('data', chunk => {
      text += chunk.toString('latin1')
      const status = /^HTTP\/1\.1 (\d{3}) /.exec(text)?.[1]
      if (status === undefined) return
      resolve(Number(status))
      socket.destroy()
    })
    socket.write(Buffer.from(requestHead(request), 'latin1'))
  })
}

function secured(
  raw: Socket,
  { peer, sni }: VectorConnection,
  svid: IssuedSvid | undefined,
  protocol: string,
): Socket {
  if (peer.kind === 'absent' && peer.plaintext === true) return raw
  return connectTls({
    socket: raw,
    rejectUnauthorized: false,
    ALPNProtocols: [protocol],
    ...(sni === undefined ? {} : { servername: sni }),
    ...(svid === undefined ? {} : { cert: svid.chain, key: svid.key }),
  })
}

/** Writes a request's line and header lines, to be sent as Latin-1. */
export function requestHead({
  method,
  path,
  host,
  headers,
}: Pick<VectorRequest, 'method' | 'path' | 'host' | 'headers'>): string {
  const lines = [['Host', host], ...headers].map(([name, value]) => `${name}: ${value}\r\n`)
  return `${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n`
}
