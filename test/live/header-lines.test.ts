import test from 'ava'
import { compilePolicies } from '../../policy/index.js'
import { Lifetime } from '../../rig/index.js'
import { decideByEnvoy, findDifferences } from './rbac-property/comparison.js'
import type { Connection } from './rbac-property/connection.js'
import { startEnforcers } from './rbac-property/enforcers.js'
import { type PolicyCase, readPolicies } from './rbac-property/policy-case.js'

/**
 * Headers that Envoy, HTTP or the web knows, and some that nobody does; without those that Envoy takes
 * out of every request from outside, such as `x-envoy-retry-on`, `te` and `keep-alive`.
 */
const names = `
  accept accept-charset accept-encoding accept-language access-control-request-headers
  access-control-request-method access-control-request-private-network authorization baggage
  cache-control cdn-loop client-cert content-encoding content-language content-type cookie date
  device-memory dnt dpop early-data expect forwarded from grpc-accept-encoding grpc-encoding
  grpc-timeout if-match if-modified-since if-none-match if-range if-unmodified-since link
  max-forwards origin pragma prefer priority proxy-authorization range referer sec-fetch-mode
  signature traceparent tracestate trailer user-agent via warning x-a x_a x-b3-traceid
  x-client-trace-id x-cloud-trace-context x-envoy-attempt-count x-envoy-decorator-operation
  x-envoy-downstream-service-cluster x-envoy-downstream-service-node x-envoy-external-address
  x-envoy-is-timeout-retry x-envoy-original-host x-envoy-original-path x-forwarded-for
  x-forwarded-host x-forwarded-port x-forwarded-proto x-http-method-override x-ot-span-context
  x-real-ip x-request-id
`
  .trim()
  .split(/\s+/)

const connection: Connection = {
  peer: { kind: 'absent', plaintext: false },
  protocol: 'HTTP/1.1',
  sourceIp: '127.0.0.1',
  destinationIp: '127.0.0.1',
  destinationPort: 8443,
}

const sent = [
  ['one', 'two'],
  ['', 'one', '', 'two', ''],
]
const wanted = ['one', 'one,two', ',one,,two,', '*']

/** A case for each header and value asked for, to which each list of lines is sent. */
function casesOf(): readonly PolicyCase[] {
  return names.flatMap(name =>
    wanted.map(value => ({
      scope: {
        trustDomain: 'td',
        trustDomainAliases: [],
        rootNamespace: 'istio-system',
        workload: { namespace: 'shop', labels: {} },
      },
      whenNoPolicy: 'deny',
      policies: [
        {
          apiVersion: 'security.istio.io/v1',
          kind: 'AuthorizationPolicy',
          metadata: { name: 'p', namespace: 'shop' },
          spec: { rules: [{ when: [{ key: `request.headers[${name}]`, values: [value] }] }] },
        },
      ],
      requests: sent.map(lines => ({
        connection,
        method: 'GET',
        host: 'login.example.com',
        path: '/',
        headers: lines.map(line => [name, line] as const),
      })),
    })),
  )
}

test('header lines are joined for a policy where Envoy joins them, and nowhere else', async t => {
  const lifetime = new Lifetime()
  t.teardown(() => lifetime.end())
  const cases = casesOf()
  const running = await startEnforcers(lifetime, cases)
  const questions = cases.flatMap(({ requests }, caseNumber) => {
    return requests.map(request => ({ caseNumber, request }))
  })
  const decided = await decideByEnvoy(running, questions)
  const compiled = cases.map(one => {
    return compilePolicies(readPolicies(one), {
      ...one.scope,
      whenNoPolicy: 'deny',
    })
  })
  const found = findDifferences(compiled, decided)
  for (const { question, native, service } of found) {
    const header = JSON.stringify(question.request.headers)
    const asked = JSON.stringify(cases[question.caseNumber]?.policies[0]?.spec)
    t.log(header, asked, native.allowed, service.allowed)
  }
  t.is(found.length, 0)
  t.is(decided.length, questions.length)
})
