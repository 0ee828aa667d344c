import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { openAnswer } from '../../cluster/api-request.js'
import { ClusterError } from '../../cluster/index.js'
import { readJson } from '../../cluster/read-json.js'
import { createAuthority, issueSvid } from '../../rig/index.js'
import { FakeApiServer } from './fake-api-server.js'

const path = '/apis/security.istio.io/v1/authorizationpolicies?limit=1'
const signal = new AbortController().signal

/** An API server with TLS that takes the token "secret-1", and the files that a pod has of it. */
async function secured(t: ExecutionContext, ips: readonly string[] = ['127.0.0.1']) {
  const authority = await createAuthority({ trustDomain: 'cluster.local' })
  const spiffeId = 'spiffe://cluster.local/apiserver'
  const { key, chain, ca } = await issueSvid(authority, { spiffeId, ips })
  const api = await FakeApiServer.start({ tls: { key, cert: chain }, token: 'secret-1' })
  const folder = await mkdtemp(join(tmpdir(), 'sidecert-cluster-'))
  t.teardown(async () => {
    await api.stop()
    await rm(folder, { recursive: true })
  })
  const [tokenFile, caFile] = [join(folder, 'token'), join(folder, 'ca.crt')]
  await writeFile(tokenFile, 'secret-1\n')
  await writeFile(caFile, ca)
  return { api, tokenFile, caFile, url: new URL(`https://${api.host}`) }
}

test('the token is shown to a server that the authorities vouch for', async t => {
  const { url, tokenFile, caFile } = await secured(t)
  const answer = await openAnswer({ url, tokenFile, caFile }, path, signal)
  t.like(await readJson(answer, 10_000), { kind: 'AuthorizationPolicyList' })
})

test('token and authorities are read anew for each request', async t => {
  const { api, url, tokenFile, caFile } = await secured(t)
  await openAnswer({ url, tokenFile, caFile }, path, signal)
  api.token = 'secret-2'
  const error = await t.throwsAsync(openAnswer({ url, tokenFile, caFile }, path, signal), {
    instanceOf: ClusterError,
    code: 'unauthenticated',
    message: 'the API server answered 401: Unauthorized',
  })
  t.notRegex(JSON.stringify({ ...error, stack: error.stack }), /secret/)
  await writeFile(tokenFile, 'secret-2')
  await t.notThrowsAsync(openAnswer({ url, tokenFile, caFile }, path, signal))
})

test('a server that other authorities vouch for gets no request', async t => {
  const { api, url, tokenFile, caFile } = await secured(t)
  const other = await createAuthority({ trustDomain: 'cluster.local' })
  await writeFile(caFile, other.caPem)
  const error = await t.throwsAsync(openAnswer({ url, tokenFile, caFile }, path, signal), {
    instanceOf: ClusterError,
    code: 'unreachable',
  })
  t.regex(
    (error as ClusterError).hint,
    /^Name in cluster\.caFile the authorities that issued its certificate\.$/,
  )
  t.is(api.requests.length, 0)
})

test('a server whose certificate is for another address gets no request', async t => {
  const { api, url, tokenFile, caFile } = await secured(t, ['127.0.0.2'])
  await t.throwsAsync(openAnswer({ url, tokenFile, caFile }, path, signal), {
    instanceOf: ClusterError,
    code: 'unreachable',
    message: /IP: 127\.0\.0\.1 is not in the cert's list/,
  })
  t.is(api.requests.length, 0)
})

test('a redirection is not followed', async t => {
  const { api, url, tokenFile, caFile } = await secured(t)
  api.intercept = (_, response) => {
    response.writeHead(307, { location: `https://${api.host}/elsewhere` }).end()
    return true
  }
  await t.throwsAsync(openAnswer({ url, tokenFile, caFile }, path, signal), {
    instanceOf: ClusterError,
    code: 'failed',
    message: 'the API server answered 307',
  })
  t.is(api.requests.length, 1)
})

for (const [what, content] of [
  ['empty', ' \n'],
  ['of two lines', 'a\nx-evil: b'],
] as const) {
  test(`a token file that is ${what} is refused before anything is sent`, async t => {
    const { api, url, tokenFile, caFile } = await secured(t)
    await writeFile(tokenFile, content)
    await t.throwsAsync(openAnswer({ url, tokenFile, caFile }, path, signal), {
      instanceOf: ClusterError,
      code: 'no-credentials',
      message: `the file of the token cannot be used: ${tokenFile}`,
    })
    t.is(api.requests.length, 0)
  })
}

test('a path of the server comes before that of the API', async t => {
  const api = await FakeApiServer.start()
  t.teardown(() => api.stop())
  const url = new URL(`http://${api.host}/k8s/clusters/c-1/`)
  await t.throwsAsync(openAnswer({ url, tokenFile: undefined, caFile: undefined }, path, signal), {
    instanceOf: ClusterError,
    code: 'no-such-resource',
    message: 'the API server answered 404: the server could not find the requested resource',
  })
  t.is(api.requests[0]?.pathname, `/k8s/clusters/c-1${path.split('?')[0]}`)
})

test("a server's words are shown without control characters", async t => {
  const api = await FakeApiServer.start()
  t.teardown(() => api.stop())
  api.intercept = (_, response) => {
    response
      .writeHead(403)
      .end(JSON.stringify({ message: `no\n\u001b[31mready${'x'.repeat(999)}` }))
    return true
  }
  const server = { url: new URL(`http://${api.host}`), tokenFile: undefined, caFile: undefined }
  const error = await t.throwsAsync(openAnswer(server, path, signal), {
    instanceOf: ClusterError,
    code: 'forbidden',
    message: /^the API server answered 403: no \[31mreadyx+$/,
  })
  t.is(error.message.length, 300)
})

test('where nobody listens is said', async t => {
  const api = await FakeApiServer.start()
  const { host } = api
  await api.stop()
  const server = { url: new URL(`http://${host}`), tokenFile: undefined, caFile: undefined }
  await t.throwsAsync(openAnswer(server, path, signal), {
    instanceOf: ClusterError,
    code: 'unreachable',
    message: `the API server ${host} cannot be reached: connect ECONNREFUSED ${host}`,
  })
})
