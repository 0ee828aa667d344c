import { PassThrough } from 'node:stream'
import test from 'ava'
import { check, createAuthorizer, openDecisionLog, readLoggedLine } from '../../ext-authz/index.js'
import { policies, policyText } from '../policy/scenario.js'
import { checkRequest, type RequestInit } from './check-request.js'

const rules = '{rules: [{when: [{key: "request.headers[x-tenant]", values: [acme]}]}]}'
const authorizer = createAuthorizer({
  policies: policies(policyText(rules)),
  trustDomain: 'td',
  trustDomainAliases: [],
  rootNamespace: 'istio-system',
  whenNoPolicy: 'deny',
  workload: { namespace: 'curity', labels: { role: 'r' } },
  header: 'x-client-certificate',
})

/** The line that the service writes about a check. */
function lineOf(request: RequestInit | Uint8Array): string {
  const lines = new PassThrough()
  const bytes = request instanceof Uint8Array ? request : checkRequest(request)
  openDecisionLog(lines).decision(check(bytes, () => [], authorizer).record, 7)
  return String(lines.read())
}

test('what the service writes of a decision is read again', t => {
  const line = readLoggedLine(
    lineOf({ method: 'GET', path: '/a?q', host: 'h', headers: { 'x-tenant': 'acme' } }),
  )
  if (line.kind !== 'decision') return t.fail(JSON.stringify(line))
  const { time, headers, ...decision } = line.decision
  t.regex(time, /^\d{4}-.*Z$/)
  t.deepEqual([...headers], [['x-tenant', ['acme']]])
  t.deepEqual(decision, {
    decision: {
      verdict: 'allow',
      reason: 'allowed-by-rule',
      rule: 'ns[curity]-policy[p]-rule[0]',
    },
    peer: { kind: 'absent' },
    workload: { namespace: 'curity', labels: { role: 'r' } },
    method: 'GET',
    host: 'h',
    path: '/a',
    withoutQuery: false,
    known: {
      sourceIp: '10.0.0.7',
      remoteIp: '10.0.0.7',
      destinationIp: '10.0.0.1',
      destinationPort: 8443,
      sni: undefined,
    },
    headersJoined: true,
  })
})

test('a certificate that is no SVID stays one', t => {
  const line = readLoggedLine(lineOf({ encodedCertificate: 'garbage' }))
  t.is(line.kind === 'decision' && line.decision.peer.kind, 'invalid')
})

test('a check that no policy was asked about is told apart', t => {
  t.deepEqual(readLoggedLine(lineOf(Buffer.from('garbage'))), { kind: 'without-policy' })
})

test('of an earlier line without addresses nothing is assumed', t => {
  const { sourceIp, remoteIp, destinationIp, destinationPort, sni, headers, ...earlier } =
    JSON.parse(lineOf({}))
  const line = readLoggedLine(JSON.stringify(earlier))
  if (line.kind !== 'decision') return t.fail()
  t.deepEqual(line.decision.known, {})
  t.is(line.decision.withoutQuery, undefined)
  t.is(line.decision.headers.size, 0)
})

test('a line about the service is an event', t => {
  t.deepEqual(readLoggedLine('{"message":"listening"}'), { kind: 'event' })
})

const whole = JSON.parse(lineOf({}))
for (const [what, text, problem] of [
  ['no JSON', 'listening', 'it is not JSON'],
  ['a list', '[]', 'it is not a JSON object'],
  ['no message', '{}', 'it has no message'],
  ['no verdict', { verdict: 'maybe' }, 'its verdict is neither allow nor deny'],
  ['no reason', { reason: undefined }, 'it has no reason'],
  ['no caller', { certificate: 'svid' }, 'it does not say who the caller was'],
  [
    'an identity that is none',
    { certificate: 'svid', identity: 'me' },
    'it does not say who the caller was',
  ],
  ['no workload', { labels: 1 }, 'it does not say which workload was called'],
  ['no path', { path: undefined }, 'it has no method, host or path'],
  ['no time', { time: 'noon' }, 'it has no time'],
  [
    'headers that are no lines',
    { headers: { a: 'b' } },
    'its addresses or headers have the wrong form',
  ],
  [
    'a port that is none',
    { destinationPort: '80' },
    'its addresses or headers have the wrong form',
  ],
] as const) {
  test(`a line with ${what} is malformed`, t => {
    const line = typeof text === 'string' ? text : JSON.stringify({ ...whole, ...text })
    t.deepEqual(readLoggedLine(line), { kind: 'malformed', problem })
  })
}
