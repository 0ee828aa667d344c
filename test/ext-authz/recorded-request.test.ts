import test from 'ava'
import { headersAskedFor, recordedRequest } from '../../ext-authz/recorded-request.js'
import { describedFacts } from '../../policy/index.js'
import { policies, policyText } from '../policy/scenario.js'

function record(
  headers: Readonly<Record<string, string | readonly string[]>>,
  names = Object.keys(headers),
  path = '/a',
) {
  const facts = describedFacts({ method: 'GET', path, headers }, { kind: 'absent' })
  return recordedRequest(facts, names, 'x-client-certificate')
}

test('headers asked for are those of all conditions, without those that the log has as fields', t => {
  const keys = ['x-b', 'X-A', 'host', ':authority', ':method', ':path', 'x-b']
  const when = keys.map(name => `{key: "request.headers[${name}]", values: [v]}`).join(', ')
  t.deepEqual(headersAskedFor(policies(policyText(`{rules: [{when: [${when}]}]}`))), ['x-a', 'x-b'])
})

test('a header that is asked for is written down, an absent one as no lines', t => {
  t.like(record({ 'x-tenant': ['acme', 'zed'] }, ['x-tenant', 'x-none']), {
    headers: { 'x-tenant': ['acme', 'zed'], 'x-none': [] },
  })
})

test('what is not asked for is not written down', t => {
  const text = JSON.stringify(record({ 'x-tenant': 'acme' }, []))
  t.notRegex(text, /acme|headers/)
})

for (const [what, headers] of [
  ['authorization', { authorization: 's3cret' }],
  ['proxy-authorization', { 'proxy-authorization': 's3cret' }],
  ['cookie', { cookie: 's3cret' }],
  ['dpop', { dpop: 's3cret' }],
  ['the forwarded certificate', { 'x-client-certificate': 's3cret' }],
  ['the XFCC header', { 'x-forwarded-client-cert': 's3cret' }],
  ['an API key', { 'x-api-key': 's3cret' }],
  ['a token', { 'x-csrf-token': 's3cret' }],
  ['the referring page', { referer: 'https://a/?code=s3cret' }],
  ['a JSON Web Token under any name', { 'x-user': 'eyJhbGciOiJub25lIn0.s3cret.' }],
  ['a PEM block under any name', { 'x-user': '-----BEGIN s3cret' }],
  ['a bearer token under any name', { 'x-user': 'Bearer s3cret' }],
  ['a long value', { 'x-user': `s3cret${'x'.repeat(260)}` }],
] as const) {
  test(`the value of ${what} is withheld, and its name is said`, t => {
    const recorded = record(headers)
    t.notRegex(JSON.stringify(recorded), /s3cret/)
    t.deepEqual(recorded.headersWithheld, Object.keys(headers))
    t.deepEqual(recorded.headers, {})
  })
}

test('that a secret header is absent is no secret', t => {
  const { headers, headersWithheld } = record({}, ['cookie'])
  t.deepEqual(headers, { cookie: [] })
  t.is(headersWithheld, undefined)
})

test('that there was a query is said, and not what it said', t => {
  const recorded = record({}, [], '/a?code=s3cret')
  t.true(recorded.queryWithheld)
  t.notRegex(JSON.stringify(recorded), /s3cret/)
  t.is(record({}, [], '/a').queryWithheld, undefined)
})
