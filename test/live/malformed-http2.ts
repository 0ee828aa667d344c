import type { Call, CallResult } from '../../rig/caller.js'
import { open } from '../../rig/caller.js'

const preface = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'
const frameType = { headers: 1, resetStream: 3, settings: 4, goAway: 7 } as const
const endOfStreamAndHeaders = 0x05

/**
 * Sends a request in HTTP/2 with header names exactly as given, in capitals too, which no HTTP/2
 * library does: frames of RFC 9113 with literal header fields of RFC 7541 section 6.2.3.
 */
export function callMalformedHttp2(call: Call): Promise<CallResult> {
  const fields = [
    [':method', call.method],
    [':scheme', call.tls.kind === 'tls' ? 'https' : 'http'],
    [':authority', 'authorization-server.example'],
    [':path', call.path],
    ...call.headerLines,
  ] as const
  const block = Buffer.concat(fields.map(([name, value]) => literalField(name, value)))
  return new Promise(resolve => {
    const socket = open(call, ['h2'])
    let received = Buffer.alloc(0)
    socket.setTimeout(20_000, () => socket.destroy(new Error('no answer in time')))
    socket.on('data', chunk => {
      received = Buffer.concat([received, chunk])
      const types = frameTypes(received)
      if (types.includes(frameType.headers)) finish({ kind: 'answer', status: 0, body: '' })
      if (types.includes(frameType.resetStream) || types.includes(frameType.goAway))
        finish({ kind: 'no-answer', reason: 'the stream was reset' })
    })
    socket.on('error', error => finish({ kind: 'no-answer', reason: error.message }))
    socket.on('close', () => finish({ kind: 'no-answer', reason: 'the connection was closed' }))
    socket.write(preface)
    socket.write(frame(frameType.settings, 0, 0, Buffer.alloc(0)))
    socket.write(frame(frameType.headers, endOfStreamAndHeaders, 1, block))

    function finish(result: CallResult): void {
      resolve(result)
      socket.destroy()
    }
  })
}

function frame(type: number, flags: number, stream: number, payload: Buffer): Buffer {
  const head = Buffer.alloc(9)
  head.writeUIntBE(payload.length, 0, 3)
  head.writeUInt8(type, 3)
  head.writeUInt8(flags, 4)
  head.writeUInt32BE(stream, 5)
  return Buffer.concat([head, payload])
}

function frameTypes(bytes: Buffer): number[] {
  const types: number[] = []
  for (let at = 0; at + 9 <= bytes.length; at += 9 + bytes.readUIntBE(at, 3))
    types.push(bytes.readUInt8(at + 3))
  return types
}

/** Never indexed, new name, no Huffman coding. */
function literalField(name: string, value: string): Buffer {
  return Buffer.concat([Buffer.of(0x10), literalString(name), literalString(value)])
}

function literalString(text: string): Buffer {
  const bytes = Buffer.from(text, 'latin1')
  return Buffer.concat([prefixedInteger(bytes.length), bytes])
}

/** RFC 7541 section 5.1 with a prefix of 7 bits. */
function prefixedInteger(value: number): Buffer {
  if (value < 127) return Buffer.of(value)
  const bytes = [127]
  let rest = value - 127
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 0x80)
  return Buffer.from([...bytes, rest])
}
