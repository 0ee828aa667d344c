import type { ServerResponse } from 'node:http'
import test, { type ExecutionContext } from 'ava'
import { ClusterError } from '../../cluster/index.js'
import { listPolicies } from '../../cluster/list-policies.js'
import { FakeApiServer, type FakeApiServerOptions } from './fake-api-server.js'

async function fake(t: ExecutionContext, options?: FakeApiServerOptions) {
  const api = await FakeApiServer.start(options)
  t.teardown(() => api.stop())
  const server = { url: new URL(`http://${api.host}`), tokenFile: undefined, caFile: undefined }
  const list = (namespace?: string) => listPolicies(server, namespace, new AbortController().signal)
  return { api, list }
}

function answer(response: ServerResponse, body: unknown): boolean {
  response.end(typeof body === 'string' ? body : JSON.stringify(body))
  return true
}

test('all pages of a namespace are one list', async t => {
  const { api, list } = await fake(t, { pageSize: 2 })
  for (const name of ['a', 'b', 'c', 'd', 'e']) api.apply({ namespace: 'curity', name })
  api.apply({ namespace: 'other', name: 'x' })
  const { policies, resourceVersion } = await list('curity')
  t.deepEqual(
    [...policies.keys()],
    ['a', 'b', 'c', 'd', 'e'].map(name => `cluster:curity/${name}`),
  )
  t.is(resourceVersion, '1006')
  t.is(api.requests.length, 3)
  for (const { pathname, searchParams } of api.requests) {
    t.is(pathname, '/apis/security.istio.io/v1/namespaces/curity/authorizationpolicies')
    t.is(searchParams.get('limit'), '250')
    t.false(searchParams.has('resourceVersion'))
  }
})

test('without a namespace all are listed', async t => {
  const { api, list } = await fake(t)
  api.apply({ namespace: 'a', name: 'x' })
  api.apply({ namespace: 'b', name: 'x' })
  t.deepEqual([...(await list()).policies.keys()], ['cluster:a/x', 'cluster:b/x'])
})

test('a list whose pages are too old in the middle is not half a list', async t => {
  const { api, list } = await fake(t, { pageSize: 1 })
  api.apply({ namespace: 'a', name: 'x' })
  api.apply({ namespace: 'a', name: 'y' })
  api.intercept = ({ url }) => {
    if (url?.includes('continue')) api.compact()
    return false
  }
  await t.throwsAsync(list(), {
    instanceOf: ClusterError,
    code: 'gone',
    message: 'the API server answered 410: The provided continue parameter is too old',
  })
})

test('an empty list may be written as null', async t => {
  const { api, list } = await fake(t)
  api.intercept = (_, response) =>
    answer(response, { metadata: { resourceVersion: '5' }, items: null })
  const { policies, resourceVersion } = await list()
  t.is(policies.size, 0)
  t.is(resourceVersion, '5')
})

for (const [what, body, code, message] of [
  ['text', 'hello', 'malformed', 'an answer of the API server is no JSON'],
  ['half an answer', '{"items":[', 'malformed', 'an answer of the API server is no JSON'],
  ['a list', [], 'malformed', 'a list from the API server is not an object'],
  [
    'an object without items',
    { metadata: {} },
    'malformed',
    'the API server gave a list without items',
  ],
  [
    'a list without resourceVersion',
    { metadata: {}, items: [] },
    'malformed',
    'the API server gave an object without resourceVersion',
  ],
  [
    'pages without an end',
    { metadata: { resourceVersion: '1', continue: 'again' }, items: [] },
    'malformed',
    'the API server gives page after page of nothing',
  ],
] as const) {
  test(`${what} for a list is refused`, async t => {
    const { api, list } = await fake(t)
    api.intercept = (_, response) => answer(response, body)
    await t.throwsAsync(list(), { instanceOf: ClusterError, code, message })
  })
}

test('an answer without an end is not read for ever', async t => {
  const { api, list } = await fake(t)
  api.intercept = (_, response) => {
    const more = () => {
      while (response.write(' '.repeat(1 << 20)));
    }
    response.on('drain', more)
    more()
    return true
  }
  await t.throwsAsync(list(), {
    instanceOf: ClusterError,
    code: 'too-large',
    message: 'an answer of the API server is larger than 33554432 bytes',
  })
})
