import test from 'ava'
import { describedFacts } from '../../policy/index.js'

test('a described request has the facts of a check with raw headers', t => {
  t.deepEqual(
    describedFacts(
      {
        method: 'POST',
        path: '/a?b=c',
        host: 'example.org:8443',
        headers: { 'X-Tenant': ['a', 'b'], 'x-forwarded-for': '192.0.2.1, 192.0.2.2' },
        sourceIp: '10.0.0.1',
      },
      { kind: 'absent' },
    ),
    {
      peer: { kind: 'absent' },
      method: 'POST',
      host: 'example.org:8443',
      path: '/a',
      headers: new Map([
        [':method', ['POST']],
        [':path', ['/a?b=c']],
        [':authority', ['example.org:8443']],
        ['x-tenant', ['a', 'b']],
        ['x-forwarded-for', ['192.0.2.1, 192.0.2.2']],
      ]),
      headersJoined: false,
      sourceIp: '10.0.0.1',
      remoteIp: '192.0.2.2',
      destinationIp: undefined,
      destinationPort: undefined,
      sni: undefined,
    },
  )
})

test('text beyond ASCII is described as its UTF-8 bytes', t => {
  t.is(describedFacts({ method: 'GET', path: '/ä' }, { kind: 'absent' }).path, '/\u00c3\u00a4')
})

test('lines of a header that Envoy keeps one value of are joined, of others they are not', t => {
  const { headers, remoteIp } = describedFacts(
    {
      method: 'GET',
      path: '/',
      headers: {
        Authorization: ['a', '', 'b'],
        'X-Forwarded-For': ['192.0.2.1', '192.0.2.2'],
        'accept-language': ['de', 'en'],
      },
    },
    { kind: 'absent' },
  )
  t.deepEqual(headers.get('authorization'), ['a,b'])
  t.is(remoteIp, '192.0.2.2')
  t.deepEqual(headers.get('accept-language'), ['de', 'en'])
})
