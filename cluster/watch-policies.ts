import { StringDecoder } from 'node:string_decoder'
import { answerError } from './answer-error.js'
import { openAnswer } from './api-request.js'
import type { ApiServer } from './api-server.js'
import { ClusterError } from './cluster-error.js'
import { policiesPath } from './policies-path.js'
import { type PolicyObject, policyObject, record, resourceVersionOf } from './policy-object.js'
import { malformed, parseJson } from './read-json.js'

/** One event of a watch, with where the next watch goes on. */
export type PolicyEvent =
  | { readonly kind: 'set'; readonly policy: PolicyObject; readonly resourceVersion: string }
  | { readonly kind: 'delete'; readonly file: string; readonly resourceVersion: string }
  /** Nothing has changed up to here. */
  | { readonly kind: 'bookmark'; readonly resourceVersion: string }

/** The server is asked to end a watch after this long: what it holds is then seen to be true. */
const watchSeconds = 240
/** And this long after that it is ended without it. */
const graceSeconds = 30
/** etcd keeps no object above 1.5 MiB; the API's notes on it come on top. */
const maximumLineLength = 4 * 1024 * 1024

/**
 * Watches the policies from a version of the cluster's state on, until the server ends it or the
 * connection breaks: both are an ordinary end, after which the next watch goes on.
 *
 * @param namespace undefined: all of them
 * @param onOpen called when the server has taken the watch
 * @throws {ClusterError} `gone` when the version is too old to go on from
 */
export async function* watchPolicies(
  server: ApiServer,
  namespace: string | undefined,
  resourceVersion: string,
  signal: AbortSignal,
  onOpen: () => void,
): AsyncGenerator<PolicyEvent, void, undefined> {
  const deadline = AbortSignal.timeout((watchSeconds + graceSeconds) * 1000)
  const path = policiesPath(namespace, {
    watch: '1',
    allowWatchBookmarks: 'true',
    resourceVersion,
    timeoutSeconds: String(watchSeconds),
  })
  const answer = await openAnswer(server, path, AbortSignal.any([signal, deadline]))
  onOpen()
  try {
    for await (const line of lines(answer)) yield eventOf(parseJson(line))
  } finally {
    answer.destroy()
  }
}

/** Gives the lines of a stream until it ends or breaks off; an unfinished last one is left out. */
async function* lines(stream: AsyncIterable<Buffer>): AsyncGenerator<string, void, undefined> {
  const decoder = new StringDecoder('utf8')
  const chunks = stream[Symbol.asyncIterator]()
  let rest = ''
  for (;;) {
    const { done, value } = await chunks.next().catch(() => ({ done: true, value: undefined }))
    if (done === true || value === undefined) return
    const parts = (rest + decoder.write(value)).split('\n')
    rest = parts.pop() ?? ''
    if (rest.length > maximumLineLength || parts.some(part => part.length > maximumLineLength)) {
      throw new ClusterError(
        'too-large',
        `an event of the watch is longer than ${maximumLineLength} characters`,
        'Make the policy smaller.',
      )
    }
    yield* parts.filter(part => part.trim() !== '')
  }
}

function eventOf(value: unknown): PolicyEvent {
  const { type, object } = record(value, 'an event')
  switch (type) {
    case 'ADDED':
    case 'MODIFIED': {
      const policy = policyObject(object)
      return { kind: 'set', policy, resourceVersion: policy.resourceVersion }
    }
    case 'DELETED': {
      const { file, resourceVersion } = policyObject(object)
      return { kind: 'delete', file, resourceVersion }
    }
    case 'BOOKMARK':
      return { kind: 'bookmark', resourceVersion: resourceVersionOf(object) }
    case 'ERROR': {
      const { code } = record(object, 'a status')
      throw answerError(typeof code === 'number' ? code : 500, object)
    }
    default:
      throw malformed('the API server gave an event of an unknown type')
  }
}
