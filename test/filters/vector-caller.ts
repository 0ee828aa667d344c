import { connect as connectTcp, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import type { IssuedSvid } from '../../rig/index.js'
import type { VectorRequest } from './istio-vector.js'

/**
 * Sends a request of a vector byte by byte to a port of loopback and answers with the status.
 *
 * Where the connection is said to have arrived goes ahead in a PROXY protocol line, and where it
 * comes from is where it comes from.
 */
export function callVector(
  request: VectorRequest,
  port: number,
  svid: IssuedSvid | undefined,
): Promise<number> {
  return new Promise((resolve, reject) => {
    const raw = connectTcp({ host: '127.0.0.1', port, localAddress: request.sourceIp })
    raw.once('error', reject)
    raw.once('connect', () => {
      const to = request.destinationIp
      const family = to.includes(':') ? 'TCP6' : 'TCP4'
      const from = to.includes(':') ? '::1' : request.sourceIp
      raw.write(`PROXY ${family} ${from} ${to} 40000 ${request.destinationPort}\r\n`)
      const socket = secured(raw, request, svid)
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
      socket.write(Buffer.from(head(request), 'latin1'))
    })
  })
}

function secured(raw: Socket, request: VectorRequest, svid: IssuedSvid | undefined): Socket {
  if (request.peer.kind === 'absent' && request.peer.plaintext === true) return raw
  return connectTls({
    socket: raw,
    rejectUnauthorized: false,
    ALPNProtocols: ['http/1.1'],
    ...(request.sni === undefined ? {} : { servername: request.sni }),
    ...(svid === undefined ? {} : { cert: svid.chain, key: svid.key }),
  })
}

function head({ method, path, host, headers }: VectorRequest): string {
  const lines = [['Host', host], ...headers].map(([name, value]) => `${name}: ${value}\r\n`)
  return `${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n`
}
