import { type ClientHttp2Session, connect } from 'node:http2'
import type { TLSSocket } from 'node:tls'
import { type Call, type CallResult, open } from './caller.js'

const deadline = 20_000

/**
 * Sends a request in HTTP/2, on a connection of its own: by ALPN over TLS, with prior knowledge in
 * the clear. Header names are sent in lower case, as HTTP/2 has them (RFC 9113 section 8.2.1);
 * repeated lines are kept.
 */
export async function callHttp2(call: Call): Promise<CallResult> {
  const socket = open(call, ['h2'])
  const session = connect('http://authorization-server.example', {
    createConnection: () => socket as TLSSocket,
  })
  try {
    return await answerOf(session, call)
  } catch (error) {
    return { kind: 'no-answer', reason: (error as Error).message }
  } finally {
    session.destroy()
    socket.destroy()
  }
}

function answerOf(session: ClientHttp2Session, call: Call): Promise<CallResult> {
  return new Promise((resolve, reject) => {
    const closed = () => reject(new Error('the connection was closed'))
    session.setTimeout(deadline, () => reject(new Error('no answer in time')))
    session.on('error', reject)
    session.on('close', closed)
    const headers = {
      ':method': call.method,
      ':path': call.path,
      ':scheme': call.tls.kind === 'tls' ? 'https' : 'http',
      ...groupLines(call),
    }
    const stream = session.request(headers, { endStream: call.body === undefined })
    let status = 0
    let body = ''
    stream.setEncoding('utf8')
    stream.on('response', headers => {
      status = Number(headers[':status'])
    })
    stream.on('data', chunk => {
      body += chunk
    })
    stream.on('error', reject)
    stream.on('close', () =>
      status === 0
        ? reject(new Error(`the stream was reset (code ${stream.rstCode})`))
        : resolve({ kind: 'answer', status, body }),
    )
    if (call.body !== undefined) stream.end(call.body)
  })
}

/** Node sends one line a value of a list. */
function groupLines(call: Call): Record<string, string[]> {
  const groups: Record<string, string[]> = {}
  for (const [name, value] of call.headerLines) {
    const key = name.toLowerCase()
    groups[key] = [...(groups[key] ?? []), value]
  }
  return groups
}
