import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { createAuthority, issueSvid } from '../../rig/index.js'
import { FakeApiServer } from '../cluster/fake-api-server.js'
import { eventually } from '../eventually.js'
import { sidecert } from './command.js'
import { runService, socketsIn, temporaryFolder } from './running-service.js'

const allow = (path: string) => ({ rules: [{ to: [{ operation: { paths: [path] } }] }] })

async function service(t: ExecutionContext, api: { readonly host: string }, settings = '') {
  const folder = await temporaryFolder(t)
  const config = join(folder, 'sidecert.yaml')
  const yaml = `policiesFrom: cluster
cluster: {server: "http://${api.host}"}
service: {${settings}${socketsIn(folder)}}
`
  await writeFile(config, yaml)
  return { ...(await runService(t, folder, config)), config, yaml }
}

test.serial(
  'until the cluster has been read nothing is allowed and the service is not ready',
  async t => {
    const first = await FakeApiServer.start()
    const { port } = first
    await first.stop()
    const host = `127.0.0.1:${port}`
    const { check, ready, event } = await service(t, { host }, 'whenNoPolicy: allow, ')
    t.is(await check('/a'), 7)
    const decision = await event('decision')
    t.is(decision.reason, 'policies-unknown')
    t.is(decision.version, undefined)
    const { status, lines } = await ready()
    t.is(status, 503)
    t.deepEqual(lines.slice(0, 3), [
      'not ready',
      'no version is in force: every check is denied',
      'waiting for the policies of the cluster',
    ])
    t.regex(lines[3] ?? '', /^policies of namespace curity not read since .*cannot be reached/)
    const second = await FakeApiServer.start({}, port)
    t.teardown(() => second.stop())
    second.apply({ namespace: 'curity', name: 'a', spec: allow('/a') })
    await event('version in force')
    t.is((await ready()).status, 200)
    t.is(await check('/a'), 0)
    t.is(await check('/b'), 7)
  },
)

test.serial('the policies of the cluster are followed, by the rules of reload', async t => {
  const api = await FakeApiServer.start()
  t.teardown(() => api.stop())
  api.apply({ namespace: 'curity', name: 'p', spec: allow('/a') })
  const { check, ready, event } = await service(t, api)
  const { version } = await event('version in force')
  t.is(await check('/a'), 0)

  api.apply({ namespace: 'curity', name: 'p', spec: { rules: [{ form: [] }] } })
  t.like(await event('version refused'), {
    running: version,
    diagnostics: [{ code: 'SC0202', place: { file: 'cluster:curity/p' } }],
  })
  t.is(await check('/a'), 0)
  const { status, lines } = await ready()
  t.is(status, 200)
  t.regex(lines[3] ?? '', /^ {2}error SC0202 cluster:curity\/p:\d+:\d+ .*form/)

  api.apply({ namespace: 'curity', name: 'p', spec: allow('/b') })
  await event('version in force')
  t.is(await check('/a'), 7)
  t.is(await check('/b'), 0)

  api.apply({ namespace: 'istio-system', name: 'root', spec: { action: 'DENY', rules: [{}] } })
  await event('version in force')
  t.is(await check('/b'), 7)
  api.delete('istio-system', 'root')
  await event('version in force')
  t.is(await check('/b'), 0)
})

test.serial(
  'a broken policy from the beginning: nothing is allowed, and it is said why',
  async t => {
    const api = await FakeApiServer.start()
    t.teardown(() => api.stop())
    api.apply({ namespace: 'curity', name: 'good', spec: allow('/a') })
    api.apply({ namespace: 'curity', name: 'bad', spec: { rules: [{ form: [] }] } })
    const { check, ready, event } = await service(t, api)
    await event('version refused')
    t.is(await check('/a'), 7)
    t.is((await ready()).status, 503)
    api.delete('curity', 'bad')
    await event('version in force')
    t.is((await ready()).status, 200)
    t.is(await check('/a'), 0)
  },
)

test.serial(
  'an API server that goes away leaves the last version in force, and it is said',
  async t => {
    const api = await FakeApiServer.start()
    api.apply({ namespace: 'curity', name: 'p', spec: allow('/a') })
    const { check, ready, event } = await service(t, api)
    await event('version in force')
    await api.stop()
    t.like(await event('cluster not readable'), { code: 'unreachable' })
    t.is(await check('/a'), 0)
    const { status, lines } = await ready()
    t.is(status, 200)
    t.true(lines.some(line => /may be out of date since .*cannot be reached/.test(line)))
  },
)

test.serial(
  'the service account is shown over TLS, and a token that rotates is taken up',
  async t => {
    const authority = await createAuthority({ trustDomain: 'cluster.local' })
    const spiffeId = 'spiffe://cluster.local/apiserver'
    const { key, chain, ca } = await issueSvid(authority, { spiffeId, ips: ['127.0.0.1'] })
    const api = await FakeApiServer.start({ tls: { key, cert: chain }, token: 'secret-1' })
    t.teardown(() => api.stop())
    api.apply({ namespace: 'curity', name: 'p', spec: allow('/a') })
    const folder = await temporaryFolder(t, { token: 'secret-1', 'ca.crt': ca })
    const config = join(folder, 'sidecert.yaml')
    await writeFile(
      config,
      `policiesFrom: cluster
cluster: {server: "https://${api.host}", tokenFile: token, caFile: ca.crt}
service: {${socketsIn(folder)}}
`,
    )
    const { check, event, lines } = await runService(t, folder, config)
    await event('version in force')
    t.is(await check('/a'), 0)
    api.token = 'secret-2'
    api.disconnect()
    t.like(await event('cluster not readable'), { code: 'unauthenticated' })
    api.apply({ namespace: 'curity', name: 'p', spec: allow('/b') })
    await writeFile(join(folder, 'token'), 'secret-2')
    await event('version in force')
    t.is(await check('/a'), 7)
    t.is(await check('/b'), 0)
    t.notRegex(JSON.stringify(lines), /secret/)
  },
)

test.serial('other namespaces are watched as soon as the configuration names them', async t => {
  const api = await FakeApiServer.start()
  t.teardown(() => api.stop())
  api.apply({ namespace: 'curity', name: 'p', spec: allow('/a') })
  const { event, config, yaml, check } = await service(t, api)
  await event('version in force')
  await eventually('two watches', () => api.watches === 2)
  await writeFile(config, yaml.replace('"}', '", namespaces: ["*"]}'))
  await event('version in force')
  await eventually('one watch', () => api.watches === 1)
  t.is(await check('/a'), 0)
})

test.serial('explain asks the cluster as it is now', async t => {
  const api = await FakeApiServer.start()
  t.teardown(() => api.stop())
  api.apply({ namespace: 'curity', name: 'p', spec: allow('/a') })
  const folder = await temporaryFolder(t, {
    'sidecert.yaml': `policiesFrom: cluster\ncluster: {server: "http://${api.host}"}\n`,
  })
  t.like(await sidecert(['explain', '--path', '/a'], folder), { code: 0, stderr: '' })
  t.is((await sidecert(['explain', '--path', '/b'], folder)).code, 1)
})

test.serial('a cluster that cannot be reached is one clear message to explain', async t => {
  const folder = await temporaryFolder(t, { 'sidecert.yaml': 'policiesFrom: cluster\n' })
  t.deepEqual(await sidecert(['explain', '--path', '/a'], folder), {
    code: 2,
    stdout: '',
    stderr:
      'error: this is no pod of a cluster: KUBERNETES_SERVICE_HOST is not set\n' +
      '  mend: Name the API server in cluster.server, or set policiesFrom: files.\n',
  })
})

test.serial('the EnvoyFilter of the service is generated without asking the cluster', async t => {
  const folder = await temporaryFolder(t, { 'sidecert.yaml': 'policiesFrom: cluster\n' })
  const { code, stdout, stderr } = await sidecert(['generate', '--target', 'istio'], folder)
  t.is(code, 0, stderr)
  t.regex(stdout, /kind: EnvoyFilter/)
  const native = await sidecert(['generate', '--target', 'istio', '--forwarding', 'native'], folder)
  t.is(native.code, 2)
})

test.serial('serve outside a cluster ends with one clear message', async t => {
  const folder = await temporaryFolder(t, { 'sidecert.yaml': 'policiesFrom: cluster\n' })
  const { code, stdout, stderr } = await sidecert(['serve'], folder)
  t.is(code, 2)
  t.is(stdout, '')
  t.true(stderr.startsWith('error SC0802: this is no pod of a cluster'), stderr)
})

test.serial('of the policy that sidecert.yaml implies, the one in the cluster counts', async t => {
  const api = await FakeApiServer.start()
  t.teardown(() => api.stop())
  const settings = 'clients: [{clientId: web, workload: apps/web}]\n'
  const web = 'spiffe://cluster.local/ns/apps/sa/web'
  const folder = await temporaryFolder(t, {
    'sidecert.yaml': `${settings}policiesFrom: cluster\ncluster: {server: "http://${api.host}"}\n`,
  })
  const explain = (path: string) => sidecert(['explain', '--id', web, '--path', path], folder)
  t.is((await explain('/oauth/v2/oauth-token')).code, 0)
  api.apply({ namespace: 'curity', name: 'sidecert-callers', spec: allow('/a') })
  t.is((await explain('/oauth/v2/oauth-token')).code, 1)
  t.like(await explain('/a'), { code: 0, stderr: '' })
})
