import { readFile } from 'node:fs/promises'
import { type IncomingMessage, request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import { answerError } from './answer-error.js'
import type { ApiServer } from './api-server.js'
import { ClusterError } from './cluster-error.js'
import { readJson } from './read-json.js'

/** How long the API server may take to begin its answer. */
const answerMilliseconds = 15_000
/** After this long without a sign of life the connection is asked whether it still stands. */
const keepAliveMilliseconds = 15_000
const maximumErrorLength = 64 * 1024

/**
 * Sends one GET to the API server and gives the answer as soon as it begins with 200.
 *
 * Token and authorities are read anew each time, because a pod's are replaced while it runs. The
 * server is always verified, and a redirection is never followed: the token goes nowhere else.
 *
 * @param path below the server's own, with its query
 * @param signal ends the request, and the answer with it
 * @throws {ClusterError}
 */
export async function openAnswer(
  server: ApiServer,
  path: string,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const token = await credential(server.tokenFile, 'token')
  const ca = await credential(server.caFile, 'authorities')
  const answer = await send(server, path, { token: token?.trim(), ca, signal })
  if (answer.statusCode === 200) return answer
  const text = await readJson(answer, maximumErrorLength).catch(() => undefined)
  answer.destroy()
  throw answerError(answer.statusCode ?? 0, text)
}

interface Sending {
  readonly token: string | undefined
  readonly ca: string | undefined
  readonly signal: AbortSignal
}

function send(server: ApiServer, path: string, sending: Sending): Promise<IncomingMessage> {
  const { url } = server
  const { token, ca, signal } = sending
  return new Promise((resolve, reject) => {
    const tooLate = AbortSignal.timeout(answerMilliseconds)
    const open = url.protocol === 'https:' ? requestHttps : requestHttp
    const request = open({
      hostname: url.hostname.replace(/^\[|\]$/g, ''),
      port: url.port,
      path: `${url.pathname.replace(/\/$/, '')}${path}`,
      agent: false,
      headers: {
        accept: 'application/json',
        'user-agent': 'sidecert',
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
      ...(ca === undefined ? {} : { ca }),
      signal,
    })
    const giveUp = () => request.destroy(new Error('there was no answer in time'))
    tooLate.addEventListener('abort', giveUp, { once: true })
    request.once('socket', socket => socket.setKeepAlive(true, keepAliveMilliseconds))
    request.once('response', answer => {
      tooLate.removeEventListener('abort', giveUp)
      // What goes wrong from here on is told to whoever reads it.
      answer.on('error', () => undefined)
      resolve(answer)
    })
    request.once('error', error => reject(unreachable(url, error)))
    request.end()
  })
}

async function credential(file: string | undefined, what: string): Promise<string | undefined> {
  if (file === undefined) return undefined
  const text = await readFile(file, 'utf8').catch(() => undefined)
  if (text !== undefined && text.trim() !== '' && usable(text, what)) return text
  throw new ClusterError(
    'no-credentials',
    `the file of the ${what} cannot be used: ${file}`,
    `Give the pod a service account whose token is mounted, or mend cluster.${what === 'token' ? 'tokenFile' : 'caFile'}.`,
  )
}

/** A token is one word of printable ASCII: anything else is no token, and no header either. */
function usable(text: string, what: string): boolean {
  return what !== 'token' || /^[\x21-\x7e]+$/.test(text.trim())
}

function unreachable(url: URL, error: Error): ClusterError {
  const code = 'code' in error ? String(error.code) : ''
  const reason = error.message === '' ? code : error.message
  return new ClusterError(
    'unreachable',
    `the API server ${url.host} cannot be reached: ${reason}`,
    /CERT|SIGNATURE|ISSUER|ALTNAME|SSL|TLS/.test(code)
      ? 'Name in cluster.caFile the authorities that issued its certificate.'
      : 'See whether it runs, and whether the network lets this pod reach it.',
  )
}
