import { create, type MessageInitShape } from '@bufbuild/protobuf'
import test from 'ava'
import { AttributeContextSchema } from '../../ext-authz/generated/envoy/service/auth/v3/attribute_context_pb.js'
import { requestFacts } from '../../ext-authz/request-facts.js'

const absent = { kind: 'absent' } as const

type HttpInit = NonNullable<
  NonNullable<MessageInitShape<typeof AttributeContextSchema>['request']>['http']
>

function factsOf(http: HttpInit) {
  return requestFacts(create(AttributeContextSchema, { request: { http } }), absent)
}

test('what a rule can see comes from the attributes, header names in lower case', t => {
  const attributes = create(AttributeContextSchema, {
    source: { address: address('10.0.0.7', 40000) },
    destination: { address: address('10.0.0.1', 8443) },
    request: {
      http: {
        method: 'POST',
        path: '/oauth/v2/oauth-token?code=secret',
        host: 'login.example.com:8443',
        headers: { 'X-Tenant': 'acme', 'x-forwarded-for': '192.0.2.1' },
      },
    },
    tlsSession: { sni: 'login.example.com' },
  })
  t.deepEqual(requestFacts(attributes, absent), {
    peer: absent,
    method: 'POST',
    host: 'login.example.com:8443',
    path: '/oauth/v2/oauth-token',
    headers: new Map([
      ['x-tenant', ['acme']],
      ['x-forwarded-for', ['192.0.2.1']],
    ]),
    headersJoined: true,
    sourceIp: '10.0.0.7',
    remoteIp: '192.0.2.1',
    destinationIp: '10.0.0.1',
    destinationPort: 8443,
    sni: 'login.example.com',
  })
})

test('raw headers keep repeated lines apart and bytes as they are', t => {
  const facts = factsOf({
    method: 'GET',
    path: '/',
    headerMap: {
      headers: [
        { key: 'x-tenant', rawValue: Uint8Array.of(0xff, 0x41) },
        { key: 'x-tenant', rawValue: Buffer.from('b,c') },
        { key: 'x-empty' },
      ],
    },
  })
  t.deepEqual(facts?.headers.get('x-tenant'), ['\u00ffA', 'b,c'])
  t.deepEqual(facts?.headers.get('x-empty'), [''])
  t.false(facts?.headersJoined)
})

test('the raw pseudo-headers are preferred, because the plain fields replace odd bytes', t => {
  const facts = factsOf({
    method: 'GET',
    path: '/!dmin',
    host: 'h!',
    headerMap: {
      headers: [
        { key: ':path', rawValue: Buffer.from('/\u00e1dmin?x', 'latin1') },
        { key: ':authority', rawValue: Buffer.from('h\u00e9', 'latin1') },
      ],
    },
  })
  t.is(facts?.path, '/\u00e1dmin')
  t.is(facts?.host, 'h\u00e9')
})

test('text beyond ASCII becomes one code unit a byte', t => {
  t.is(factsOf({ method: 'GET', path: '/\u00e1' })?.path, '/\u00c3\u00a1')
})

for (const [path, expected] of [
  ['/a?b', '/a'],
  ['/a#b?c', '/a'],
  ['//admin/x', '//admin/x'],
  ['/a;x=1?y', '/a;x=1'],
  ['http://evil/a', 'http://evil/a'],
  ['*', '*'],
] as const) {
  test(`the path ${path} is seen as ${expected}, and never parsed as a URL`, t => {
    t.is(factsOf({ method: 'GET', path })?.path, expected)
  })
}

test('attributes without an HTTP request, method or path give no facts', t => {
  t.is(requestFacts(create(AttributeContextSchema, {}), absent), undefined)
  t.is(factsOf({ path: '/' }), undefined)
  t.is(factsOf({ method: 'CONNECT' }), undefined)
})

test('a header named __proto__ is one header among others', t => {
  const facts = factsOf({
    method: 'GET',
    path: '/',
    headerMap: { headers: [{ key: '__proto__', value: 'x' }] },
  })
  t.deepEqual(facts?.headers.get('__proto__'), ['x'])
})

function address(ip: string, port: number) {
  return {
    address: {
      case: 'socketAddress' as const,
      value: { address: ip, portSpecifier: { case: 'portValue' as const, value: port } },
    },
  }
}
