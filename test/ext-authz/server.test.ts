import { once } from 'node:events'
import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { fromBinary } from '@bufbuild/protobuf'
import { Client, credentials, Metadata, type ServiceError, status } from '@grpc/grpc-js'
import test from 'ava'
import { CheckResponseSchema } from '../../ext-authz/generated/envoy/service/auth/v3/external_auth_pb.js'
import {
  authorizationDefinition,
  createAuthorizer,
  ListenError,
  openDecisionLog,
  startServer,
} from '../../ext-authz/index.js'
import { namespaceKey } from '../../policy/index.js'
import { checkRequest } from './check-request.js'

const authorizer = createAuthorizer({
  policies: [],
  trustDomain: 'curitydemo',
  trustDomainAliases: [],
  rootNamespace: 'istio-system',
  whenNoPolicy: 'allow',
  workload: { namespace: 'curity', labels: {} },
  header: 'x-client-certificate',
  version: 'abc',
})
const authorizers = { current: authorizer }

async function start(listen = { kind: 'tcp', host: '127.0.0.1', port: 0 } as const) {
  const lines = new PassThrough()
  const server = await startServer({ listen, authorizers, log: openDecisionLog(lines) })
  return { server, lines, client: new Client(server.address, credentials.createInsecure()) }
}

function call(client: Client, path: string, bytes: Uint8Array, metadata = new Metadata()) {
  return new Promise<Buffer>((resolve, reject) => {
    client.makeUnaryRequest(
      path,
      (request: Buffer) => request,
      (response: Buffer) => response,
      Buffer.from(bytes),
      metadata,
      { deadline: Date.now() + 20_000 },
      (error, response) => (error ? reject(error) : resolve(response as Buffer)),
    )
  })
}

const checkPath = authorizationDefinition.check.path

async function statusOf(client: Client, bytes: Uint8Array, metadata?: Metadata) {
  const response = fromBinary(CheckResponseSchema, await call(client, checkPath, bytes, metadata))
  return response.status?.code
}

/** The status of gRPC health for a service: 1 SERVING, 2 NOT_SERVING. */
async function health(client: Client, service: string): Promise<number | undefined> {
  const request = Buffer.concat([Buffer.from([0x0a, service.length]), Buffer.from(service)])
  return (await call(client, '/grpc.health.v1.Health/Check', request))[1]
}

test('a check is answered over gRPC, and metadata names the workload', async t => {
  const { server, client } = await start()
  t.is(await statusOf(client, checkRequest()), 0)
  const twice = new Metadata()
  twice.add(namespaceKey, 'a')
  twice.add(namespaceKey, 'b')
  t.is(await statusOf(client, checkRequest(), twice), 7)
  client.close()
  await server.stop()
})

test('bytes that are no check request are denied in a successful call', async t => {
  const { server, client } = await start()
  t.is(await statusOf(client, Buffer.from('garbage')), 7)
  client.close()
  await server.stop()
})

test('a message beyond the limit fails the call, which Envoy takes for an error', async t => {
  const { server, client } = await start()
  const error = await t.throwsAsync(call(client, checkPath, Buffer.alloc(11 << 20)))
  t.is((error as ServiceError).code, status.RESOURCE_EXHAUSTED)
  client.close()
  await server.stop()
})

test('health is served for the whole server and for the service', async t => {
  const { server, client } = await start()
  t.is(await health(client, ''), 1)
  t.is(await health(client, 'envoy.service.auth.v3.Authorization'), 1)
  client.close()
  await server.stop()
})

test('each decision is one line of JSON without certificate, header value or query', async t => {
  const { server, client, lines } = await start()
  await once(lines, 'data')
  const written = once(lines, 'data')
  await statusOf(
    client,
    checkRequest({
      path: '/authorize?code=topsecret',
      headers: { authorization: 'Bearer topsecret', cookie: 'topsecret' },
      encodedCertificate: 'topsecret',
    }),
  )
  const text = String((await written)[0])
  t.notRegex(text, /topsecret/)
  const line = JSON.parse(text)
  t.like(line, {
    message: 'decision',
    verdict: 'allow',
    reason: 'no-policy',
    method: 'POST',
    path: '/authorize',
    namespace: 'curity',
    version: 'abc',
  })
  t.regex(line.decisionId, /^[0-9a-f-]{36}$/)
  t.regex(line.certificate, /^invalid: /)
  client.close()
  await server.stop()
})

test('a unix socket serves as well as a port', async t => {
  const directory = await mkdtemp(join(tmpdir(), 'sidecert-'))
  const path = join(directory, 'socket')
  const log = openDecisionLog(new PassThrough())
  const server = await startServer({ listen: { kind: 'unix', path }, authorizers, log })
  t.is(server.address, `unix:${path}`)
  t.is((await stat(path)).mode & 0o777, 0o660)
  const client = new Client(server.address, credentials.createInsecure())
  t.is(await statusOf(client, checkRequest()), 0)
  client.close()
  await server.stop()
  await rm(directory, { recursive: true })
})

test('a port in use is an error with the mend, not a crash', async t => {
  const { server, client } = await start()
  const port = Number(server.address.split(':')[1])
  await t.throwsAsync(
    startServer({
      listen: { kind: 'tcp', host: '127.0.0.1', port },
      authorizers,
      log: openDecisionLog(new PassThrough()),
    }),
    { instanceOf: ListenError, message: `127.0.0.1:${port} is in use by another process` },
  )
  client.close()
  await server.stop()
})

test('after stopping the port is free again', async t => {
  const { server, client } = await start()
  t.is(await statusOf(client, checkRequest()), 0)
  client.close()
  await server.stop()
  const port = Number(server.address.split(':')[1])
  const again = await startServer({
    listen: { kind: 'tcp', host: '127.0.0.1', port },
    authorizers,
    log: openDecisionLog(new PassThrough()),
  })
  await again.stop()
  t.pass()
})
