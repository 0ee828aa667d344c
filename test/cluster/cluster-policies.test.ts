import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import {
  type ClusterError,
  ClusterPolicies,
  type ClusterSettings,
  clusterStatusLines,
  listClusterPolicies,
} from '../../cluster/index.js'
import { eventually } from '../eventually.js'
import { FakeApiServer } from './fake-api-server.js'

async function fake(t: ExecutionContext) {
  const api = await FakeApiServer.start()
  t.teardown(() => api.stop())
  return api
}

function copyOf(t: ExecutionContext, api: FakeApiServer, settings: Partial<ClusterSettings> = {}) {
  const troubles: (ClusterError | undefined)[] = []
  const changes = { count: 0 }
  const copy = new ClusterPolicies(
    { namespaces: ['curity', 'istio-system'], server: `http://${api.host}`, ...settings },
    {
      onChange: () => {
        changes.count += 1
      },
      onTrouble: (_, trouble) => troubles.push(trouble),
      backoff: { least: 4, most: 40 },
    },
  )
  t.teardown(() => copy.stop())
  const names = () => copy.policies?.map(({ file }) => file.slice('cluster:'.length))
  const has = (...wanted: readonly string[]) =>
    eventually(`the copy has ${wanted}`, () => names()?.join() === wanted.join())
  return { copy, changes, troubles, names, has }
}

test('the copy follows what is added, changed and deleted in its namespaces alone', async t => {
  const api = await fake(t)
  api.apply({ namespace: 'curity', name: 'b' })
  api.apply({ namespace: 'elsewhere', name: 'x' })
  const { copy, has } = copyOf(t, api)
  await has('curity/b')
  api.apply({ namespace: 'istio-system', name: 'root' })
  api.apply({ namespace: 'curity', name: 'a' })
  api.apply({ namespace: 'elsewhere', name: 'y' })
  await has('curity/a', 'curity/b', 'istio-system/root')
  api.apply({ namespace: 'curity', name: 'a', spec: { action: 'DENY' } })
  await eventually('the change', () => copy.policies?.[0]?.text.includes('DENY'))
  api.delete('curity', 'b')
  await has('curity/a', 'istio-system/root')
  t.deepEqual(clusterStatusLines(copy.status), [])
  t.deepEqual(
    copy.status.namespaces.map(({ namespace, policies }) => [namespace, policies]),
    [
      ['curity', 1],
      ['istio-system', 1],
    ],
  )
})

test('there is no copy until each namespace has been listed', async t => {
  const api = await fake(t)
  api.intercept = ({ url }, response) => {
    if (!url?.includes('/istio-system/')) return false
    response.writeHead(503).end()
    return true
  }
  const { copy, troubles } = copyOf(t, api)
  await eventually('trouble', () => troubles.length > 0)
  await eventually('the other one', () => copy.status.namespaces[0]?.policies === 0)
  t.is(copy.policies, undefined)
  t.regex(
    clusterStatusLines(copy.status).join('\n'),
    /^policies of namespace istio-system not read since \S+Z: the API server answered 503\. \S[^\n]*$/,
  )
  api.intercept = undefined
  await eventually('both', () => copy.policies)
  await eventually('no trouble', () => troubles.at(-1) === undefined)
  t.deepEqual(copy.policies, [])
  t.deepEqual(clusterStatusLines(copy.status), [])
})

test('all namespaces are one list and one watch', async t => {
  const api = await fake(t)
  api.apply({ namespace: 'a', name: 'x' })
  const { has } = copyOf(t, api, { namespaces: 'all' })
  await has('a/x')
  await eventually('a watch', () => api.watches === 1)
  api.apply({ namespace: 'b', name: 'y' })
  await has('a/x', 'b/y')
  t.is(api.lists, 1)
})

for (const [how, interrupt] of [
  ['ends in order', (api: FakeApiServer) => api.endWatches()],
  ['breaks off', (api: FakeApiServer) => api.disconnect()],
] as const) {
  test(`a watch that ${how} goes on without a new list, and nothing is missed`, async t => {
    const api = await fake(t)
    api.apply({ namespace: 'curity', name: 'a' })
    const { has, troubles } = copyOf(t, api, { namespaces: ['curity'] })
    await has('curity/a')
    for (const name of ['b', 'c', 'd']) {
      await eventually('a watch', () => api.watches === 1)
      interrupt(api)
      api.apply({ namespace: 'curity', name })
    }
    await has('curity/a', 'curity/b', 'curity/c', 'curity/d')
    t.is(api.lists, 1)
    t.deepEqual(troubles, [])
  })
}

test('after a bookmark a watch goes on from there, though what was before is forgotten', async t => {
  const api = await fake(t)
  const { has } = copyOf(t, api, { namespaces: ['curity'] })
  await has()
  await eventually('a watch', () => api.watches === 1)
  api.apply({ namespace: 'curity', name: 'a' })
  await has('curity/a')
  const from = () => Number(api.requests.at(-1)?.searchParams.get('resourceVersion'))
  const before = from()
  api.compact()
  api.bookmark()
  // The bookmark is seen when the next watch goes on from it.
  await eventually('a watch from the bookmark', () => {
    api.endWatches()
    return from() > before + 2
  })
  api.apply({ namespace: 'curity', name: 'b' })
  await has('curity/a', 'curity/b')
  t.is(api.lists, 1)
})

for (const goneAs of ['status', 'event'] as const) {
  test(`what was deleted while nobody watched is gone after 410 as ${goneAs}`, async t => {
    const api = await fake(t)
    api.goneAs = goneAs
    api.apply({ namespace: 'curity', name: 'a' })
    api.apply({ namespace: 'curity', name: 'b' })
    const { has, troubles } = copyOf(t, api, { namespaces: ['curity'] })
    await has('curity/a', 'curity/b')
    await eventually('a watch', () => api.watches === 1)
    api.intercept = (request, response) => {
      response.destroy()
      return request.url !== undefined
    }
    api.disconnect()
    api.delete('curity', 'a')
    api.apply({ namespace: 'curity', name: 'c' })
    api.compact()
    api.intercept = undefined
    await has('curity/b', 'curity/c')
    t.is(api.lists >= 2, true)
    await eventually('no trouble', () => troubles.at(-1) === undefined)
  })
}

test('the last copy stays while the server is away, and it is said since when', async t => {
  const first = await FakeApiServer.start()
  const { port } = first
  first.apply({ namespace: 'curity', name: 'a' })
  const { copy, has, names, troubles } = copyOf(t, first, { namespaces: ['curity'] })
  await has('curity/a')
  await first.stop()
  await eventually('trouble', () => troubles.length > 0)
  t.is(troubles[0]?.code, 'unreachable')
  t.deepEqual(names(), ['curity/a'])
  t.regex(
    clusterStatusLines(copy.status).join('\n'),
    /^policies of namespace curity may be out of date since \S+Z: the API server 127\.0\.0\.1:\d+ cannot be reached: .+$/,
  )
  const second = await FakeApiServer.start({}, port)
  t.teardown(() => second.stop())
  // It has restarted from a backup: nobody can go on from where the first was.
  second.apply({ namespace: 'curity', name: 'b' })
  for (let at = 0; at < 50; at++) second.bookmark()
  second.compact()
  await has('curity/b')
  await eventually('no trouble', () => troubles.at(-1) === undefined)
  t.deepEqual(clusterStatusLines(copy.status), [])
  t.is(troubles.filter(trouble => trouble?.code === 'unreachable').length, 1)
})

test('a token that has been replaced is taken up', async t => {
  const api = await fake(t)
  const folder = await mkdtemp(join(tmpdir(), 'sidecert-cluster-'))
  t.teardown(() => rm(folder, { recursive: true }))
  const tokenFile = join(folder, 'token')
  await writeFile(tokenFile, 'one')
  api.token = 'one'
  const { has, troubles, names } = copyOf(t, api, { namespaces: ['curity'], tokenFile })
  await has()
  await eventually('a watch', () => api.watches === 1)
  api.token = 'two'
  api.apply({ namespace: 'curity', name: 'a' })
  await has('curity/a')
  api.disconnect()
  await eventually('refused', () => troubles.at(-1)?.code === 'unauthenticated')
  t.deepEqual(names(), ['curity/a'])
  api.apply({ namespace: 'curity', name: 'b' })
  await writeFile(tokenFile, 'two')
  await has('curity/a', 'curity/b')
  await eventually('no trouble', () => troubles.at(-1) === undefined)
})

test('what cannot be understood is listed anew', async t => {
  const api = await fake(t)
  const { has, troubles } = copyOf(t, api, { namespaces: ['curity'] })
  await has()
  await eventually('a watch', () => api.watches === 1)
  api.write('nonsense\n')
  await eventually('trouble', () => troubles[0]?.code === 'malformed')
  api.apply({ namespace: 'curity', name: 'a' })
  await has('curity/a')
  await eventually('no trouble', () => troubles.at(-1) === undefined)
  t.is(api.lists, 2)
})

test('a server that keeps failing is left in peace for longer, and reported once', async t => {
  const api = await fake(t)
  const times: number[] = []
  api.intercept = (_, response) => {
    times.push(performance.now())
    response.writeHead(500).end()
    return true
  }
  const { troubles } = copyOf(t, api, { namespaces: ['curity'] })
  await eventually('eight attempts', () => times.length >= 8)
  // The longest wait is 40 ms here, of which half is certain.
  t.true((times[7] as number) - (times[6] as number) >= 19, `${times}`)
  t.is(troubles.length, 1)
})

test('a stopped copy asks nothing more', async t => {
  const api = await fake(t)
  const { copy, has } = copyOf(t, api)
  await has()
  await eventually('watches', () => api.watches === 2)
  await copy.stop()
  await eventually('their end', () => api.watches === 0)
  const { length } = api.requests
  api.apply({ namespace: 'curity', name: 'a' })
  await new Promise(resolve => setTimeout(resolve, 60))
  t.is(api.requests.length, length)
  t.deepEqual(copy.policies, [])
})

test('one reading gives the same texts as the copy', async t => {
  const api = await fake(t)
  api.pageSize = 1
  for (const name of ['b', 'a']) api.apply({ namespace: 'curity', name, spec: { rules: [{}] } })
  api.apply({ namespace: 'istio-system', name: 'root' })
  const settings = { namespaces: ['curity', 'istio-system'], server: `http://${api.host}` }
  const { copy, has } = copyOf(t, api)
  await has('curity/a', 'curity/b', 'istio-system/root')
  t.deepEqual(await listClusterPolicies(settings), copy.policies)
})
