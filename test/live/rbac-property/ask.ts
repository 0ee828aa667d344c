import { type ClientHttp2Session, connect as connectHttp2 } from 'node:http2'
import type { Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { requestHead } from '../../filters/vector-caller.js'
import type { SentRequest } from './request.js'

/** An answer to one request: its status and its header lines by lower-case name. */
export interface Answer {
  readonly status: number
  readonly headers: ReadonlyMap<string, string>
}

/**
 * Sends requests on one connection, byte by byte in HTTP/1.1, each when the one before is answered:
 * Envoy takes up what was sent ahead only when it next hears of the connection, some tenths of a
 * second later. Where it ends the connection, because it refuses a request, what is left goes on
 * another one.
 */
export async function askInTurn(
  open: () => Promise<Socket>,
  requests: readonly SentRequest[],
): Promise<readonly Answer[]> {
  const answers: Answer[] = []
  while (answers.length < requests.length) {
    const left = requests.slice(answers.length)
    const got = await askOnOne(await open(), left)
    if (got.length === 0) throw new Error(`no answer to ${JSON.stringify(left[0])}`)
    answers.push(...got)
  }
  return answers
}

function askOnOne(socket: Socket, requests: readonly SentRequest[]): Promise<readonly Answer[]> {
  return new Promise(resolve => {
    const answers: Answer[] = []
    let received = ''
    const finish = () => {
      socket.destroy()
      resolve(answers)
    }
    const send = () => {
      const next = requests[answers.length]
      if (next === undefined) finish()
      else socket.write(Buffer.from(requestHead(next), 'utf8'))
    }
    socket.on('error', finish)
    socket.on('close', finish)
    socket.on('data', chunk => {
      received += chunk.toString('latin1')
      const answer = readAnswer(received, requests[answers.length]?.method === 'HEAD')
      if (answer === undefined) return
      received = ''
      answers.push(answer)
      send()
    })
    send()
  })
}

/** Envoy's own answers have a length; those to HEAD say it and have no body. */
function readAnswer(text: string, headOnly: boolean): Answer | undefined {
  const headEnd = text.indexOf('\r\n\r\n')
  if (headEnd === -1) return undefined
  const [first = '', ...lines] = text.slice(0, headEnd).split('\r\n')
  const headers = new Map(
    lines.map(line => {
      const colon = line.indexOf(':')
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()]
    }),
  )
  const length = headOnly ? 0 : Number(headers.get('content-length') ?? 0)
  if (text.length < headEnd + 4 + length) return undefined
  return { status: Number(first.slice(9, 12)), headers }
}

/** Sends requests on one connection in HTTP/2, a few at a time. */
export async function askSideBySide(
  open: () => Promise<Socket>,
  requests: readonly SentRequest[],
): Promise<readonly Answer[]> {
  const socket = await open()
  const session = connectHttp2('http://login.example.com', {
    createConnection: () => socket as TLSSocket,
  })
  const answers: Answer[] = []
  try {
    while (answers.length < requests.length) {
      const next = requests.slice(answers.length, answers.length + 16)
      answers.push(...(await Promise.all(next.map(request => askOnStream(session, request)))))
    }
    return answers
  } finally {
    session.destroy()
    socket.destroy()
  }
}

function askOnStream(session: ClientHttp2Session, request: SentRequest): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const stream = session.request(http2Headers(request), { endStream: true })
    stream.on('response', ({ ':status': status = 0, ...rest }) => {
      const lines = Object.entries(rest).map(([name, value]) => [name, String(value)] as const)
      resolve({ status, headers: new Map(lines) })
    })
    stream.on('error', reject)
    stream.on('close', () => reject(new Error(`reset: ${JSON.stringify(request)}`)))
    stream.resume()
  })
}

/** Node takes the characters of a value for bytes. */
function http2Headers({ method, host, path, headers, connection }: SentRequest) {
  const plaintext = connection.peer.kind === 'absent' && connection.peer.plaintext
  const groups: Record<string, string[]> = {}
  for (const [name, value] of headers) {
    const key = name.toLowerCase()
    groups[key] = [...(groups[key] ?? []), Buffer.from(value, 'utf8').toString('latin1')]
  }
  return {
    ...groups,
    ':method': method,
    ':path': path,
    ':authority': host,
    ':scheme': plaintext ? 'http' : 'https',
  }
}
