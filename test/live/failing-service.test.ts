import { randomUUID } from 'node:crypto'
import { status } from '@grpc/grpc-js'
import test, { type ExecutionContext } from 'ava'
import { callHttp1 } from '../../rig/caller.js'
import { type HeaderLines, linesLike } from '../../rig/header-lines.js'
import { Lifetime } from '../../rig/lifetime.js'
import { certificateHeader } from '../../rig/mesh.js'
import { headerValueOf } from '../../rig/system.js'
import { type FakeAnswer, startFakeService } from './fake-service.js'
import { startServerSidecars } from './server-sidecars.js'

/** An honest call with a forged header beside it, through a sidecar whose service is this one. */
async function callThrough(t: ExecutionContext, answer: FakeAnswer | 'nobody listens') {
  const lifetime = new Lifetime()
  t.teardown(() => lifetime.end())
  const { identities, upstream, sidecars } = await startServerSidecars(lifetime, {
    variants: ['ext-authz'],
    timeout: answer === 'silence' ? '200ms' : '10s',
    service: async socket => {
      if (answer !== 'nobody listens') await startFakeService(lifetime, socket, answer)
    },
  })
  const { chain, key } = identities.svids.reports
  const callId = randomUUID()
  const victim = headerValueOf(identities, 'website')
  const headerLines: HeaderLines = [
    ['x-call-id', callId],
    [certificateHeader, victim],
    ['X_Client_Certificate', victim],
  ]
  const result = await callHttp1({
    port: sidecars.get('ext-authz')?.port('required') ?? 0,
    tls: { kind: 'tls', chain, key },
    method: 'GET',
    path: '/token',
    headerLines,
  })
  const [arrived] = upstream.arrived(callId)
  return { result, arrived, lines: arrived && linesLike(arrived.headerLines, certificateHeader) }
}

const closed: Readonly<Record<string, FakeAnswer | 'nobody listens'>> = {
  'the service is down': 'nobody listens',
  'the service does not answer in time': 'silence',
  'the call fails': { error: status.INTERNAL },
  'the call is refused by gRPC, which is not a decision': { error: status.PERMISSION_DENIED },
}

for (const [when, answer] of Object.entries(closed))
  test.serial(`when ${when} the request is refused with 503 and nothing arrives`, async t => {
    const { result, arrived } = await callThrough(t, answer)
    t.like(result, { kind: 'answer', status: 503 })
    t.is(arrived, undefined)
  })

const ok = { code: 0 }

test.serial('when the service allows and names no header, no certificate arrives', async t => {
  const response = { status: ok, httpResponse: { case: 'okResponse', value: {} } } as const
  const { result, lines } = await callThrough(t, { response })
  t.like(result, { kind: 'answer', status: 200 })
  t.deepEqual(lines, [])
})

test.serial(
  'when the service gives no status, which Envoy takes for yes, no forged line arrives',
  async t => {
    const { lines } = await callThrough(t, { response: {} })
    t.deepEqual(lines, [])
  },
)

for (const key of [':path', ':method', 'host', 'x-envoy-original-path', 'authorization'])
  test.serial(
    `when the service sets ${key} the request is refused and nothing arrives`,
    async t => {
      const headers = [{ header: { key, value: '/admin' } }]
      const response = {
        status: ok,
        httpResponse: { case: 'okResponse', value: { headers } },
      } as const
      const { result, arrived } = await callThrough(t, { response })
      t.like(result, { kind: 'answer', status: 500 })
      t.is(arrived, undefined)
    },
  )

test.serial(
  'when the service sets a value that is no header value the request is refused',
  async t => {
    const headers = [{ header: { key: certificateHeader, value: 'a\r\nx-admin: yes' } }]
    const response = {
      status: ok,
      httpResponse: { case: 'okResponse', value: { headers } },
    } as const
    const { result, arrived } = await callThrough(t, { response })
    t.like(result, { kind: 'answer', status: 500 })
    t.is(arrived, undefined)
  },
)
