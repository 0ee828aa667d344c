import test, { type ExecutionContext } from 'ava'
import fc from 'fast-check'
import { ClusterError } from '../../cluster/index.js'
import { watchPolicies } from '../../cluster/watch-policies.js'
import { FakeApiServer } from './fake-api-server.js'

/** Watches a server that answers with these bytes, chunk by chunk, and then ends. */
async function watched(chunks: readonly (string | Buffer)[]): Promise<readonly string[]> {
  const api = await FakeApiServer.start()
  api.intercept = (_, response) => {
    const rest = [...chunks]
    const next = () => {
      const chunk = rest.shift()
      if (chunk === undefined) response.end()
      else response.write(chunk, () => setImmediate(next))
    }
    next()
    return true
  }
  try {
    const server = { url: new URL(`http://${api.host}`), tokenFile: undefined, caFile: undefined }
    const seen: string[] = []
    const { signal } = new AbortController()
    for await (const event of watchPolicies(server, 'a', '1', signal, () => undefined)) {
      const what =
        event.kind === 'set' ? event.policy.file : event.kind === 'delete' ? event.file : ''
      seen.push(`${event.kind} ${what} ${event.resourceVersion}`)
    }
    return seen
  } finally {
    await api.stop()
  }
}

function line(type: string, name: string, version: number, note = ''): string {
  const metadata = { name, namespace: 'a', resourceVersion: String(version) }
  return `${JSON.stringify({ type, object: { metadata, spec: {}, note } })}\n`
}

const three =
  line('ADDED', 'x', 2, 'ünï©ode 🔐') + line('MODIFIED', 'x', 3) + line('DELETED', 'x', 4)
const threeEvents = ['set cluster:a/x 2', 'set cluster:a/x 3', 'delete cluster:a/x 4']

test('events are read however their bytes are cut', async t => {
  const bytes = Buffer.from(three)
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(bytes.length), { maxLength: 8 }), async cuts => {
      const at = [0, ...cuts.sort((a, b) => a - b), bytes.length]
      const chunks = at.slice(1).map((end, index) => bytes.subarray(at[index], end))
      t.deepEqual(await watched(chunks.filter(({ length }) => length > 0)), threeEvents)
    }),
    { numRuns: 40 },
  )
})

test('an event that breaks off is none', async t => {
  t.deepEqual(await watched([three, line('ADDED', 'y', 5).slice(0, -20)]), threeEvents)
})

test('a bookmark says how far the watch is', async t => {
  const object = { metadata: { resourceVersion: '77' } }
  t.deepEqual(await watched([`${JSON.stringify({ type: 'BOOKMARK', object })}\n\n`]), [
    'bookmark  77',
  ])
})

for (const [what, text, code, message] of [
  ['no JSON', 'hello\n', 'malformed', 'an answer of the API server is no JSON'],
  [
    'an unknown type',
    line('PATCHED', 'x', 2),
    'malformed',
    'the API server gave an event of an unknown type',
  ],
  [
    'an error',
    '{"type":"ERROR","object":{"code":410,"message":"too old resource version"}}\n',
    'gone',
    'the API server answered 410: too old resource version',
  ],
  [
    'an error without a code',
    '{"type":"ERROR","object":{}}\n',
    'failed',
    'the API server answered 500',
  ],
] as const) {
  test(`${what} ends the watch with an error`, async t => {
    await t.throwsAsync(watched([line('ADDED', 'x', 2), text]), {
      instanceOf: ClusterError,
      code,
      message,
    })
  })
}

async function endless(t: ExecutionContext, chunk: string) {
  await t.throwsAsync(watched(Array(6).fill(chunk)), {
    instanceOf: ClusterError,
    code: 'too-large',
    message: 'an event of the watch is longer than 4194304 characters',
  })
}

test('a line without an end is not kept for ever', endless, 'x'.repeat(1 << 20))

test('the watch asks to go on from where it was, with bookmarks and an end', async t => {
  const api = await FakeApiServer.start()
  t.teardown(() => api.stop())
  const server = { url: new URL(`http://${api.host}`), tokenFile: undefined, caFile: undefined }
  const end = new AbortController()
  const events = watchPolicies(server, 'a', '1234', end.signal, () => end.abort())
  t.deepEqual(await events.next(), { done: true, value: undefined })
  t.is(
    `${api.requests[0]?.pathname}${api.requests[0]?.search}`,
    '/apis/security.istio.io/v1/namespaces/a/authorizationpolicies' +
      '?watch=1&allowWatchBookmarks=true&resourceVersion=1234&timeoutSeconds=240',
  )
})
