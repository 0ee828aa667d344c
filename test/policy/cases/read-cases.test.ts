import test from 'ava'
import fc from 'fast-check'
import { stringify } from 'yaml'
import { readPolicyCases } from '../../../policy/index.js'
import { cases } from './case-text.js'

const whole = `workload: {namespace: curity, labels: {role: runtime, "on": "yes"}}
defaults:
  identity: none
  host: login.example.com:8443
  headers: {X-Tenant: a, x-trace: t}
cases:
  - name: everything is said
    request:
      identity: spiffe://td/ns/applications/sa/website
      method: POST
      path: /token?grant=x
      headers: {x-tenant: [b, "", c]}
      sourceIp: 10.0.0.1
      destinationIp: 2001:db8::1
      port: 8443
      sni: login.example.com
    expect:
      verdict: deny
      rule: ns[curity]-policy[p]-rule[0]
      reason: denied-by-rule
      audited: ['ns[curity]-policy[a.b]-rule[12]']
      dryRun: allow
  - name: the defaults are enough
    request: {path: /, port: "80"}
    expect: allow
  - {name: a bad certificate, request: {identity: invalid, path: '*', method: OPTIONS}, expect: deny}
`

test('a file is read with its workload, its defaults and every field of a case', t => {
  const { workload, cases: read } = cases(whole)
  t.deepEqual(workload, { namespace: 'curity', labels: { role: 'runtime', on: 'yes' } })
  const [first, second, third] = read
  t.deepEqual(first, {
    name: 'everything is said',
    peer: { kind: 'svid', spiffeId: 'spiffe://td/ns/applications/sa/website' },
    request: {
      method: 'POST',
      path: '/token?grant=x',
      host: 'login.example.com:8443',
      headers: { 'x-tenant': ['b', '', 'c'], 'x-trace': ['t'] },
      sourceIp: '10.0.0.1',
      destinationIp: '2001:db8::1',
      destinationPort: 8443,
      sni: 'login.example.com',
    },
    expected: {
      verdict: 'deny',
      rule: 'ns[curity]-policy[p]-rule[0]',
      reason: 'denied-by-rule',
      audited: ['ns[curity]-policy[a.b]-rule[12]'],
      dryRun: 'allow',
      place: { file: 'a.test.yaml', line: 18, column: 7 },
    },
    place: { file: 'a.test.yaml', line: 7, column: 5 },
  })
  t.like(second, {
    peer: { kind: 'absent' },
    request: {
      method: 'GET',
      path: '/',
      destinationPort: 80,
      headers: { 'x-tenant': ['a'], 'x-trace': ['t'] },
    },
    expected: { verdict: 'allow' },
  })
  t.like(third, { peer: { kind: 'invalid' }, request: { path: '*', method: 'OPTIONS' } })
})

test('defaults may hold the whole request', t => {
  const [only] = cases(
    'defaults: {identity: none, path: /x}\ncases: [{name: n, expect: deny}]',
  ).cases
  t.like(only, { request: { method: 'GET', path: '/x' }, peer: { kind: 'absent' } })
})

test('without a workload the file names none', t => {
  const text = 'cases: [{name: n, request: {identity: none, path: /}, expect: deny}]'
  t.is(cases(text).workload, undefined)
})

const withPath = (path: string) => {
  return `cases:\n  - {name: n, expect: deny, request: {identity: none, path: ${path}}}\n`
}

for (const [path, does] of [
  ['/a/../b', 'resolves dot segments'],
  ['/a/.', 'resolves dot segments'],
  ["'/a\\b'", 'turns backslashes into slashes'],
  ['/%61dmin', 'decodes %61'],
  ['/a%2Eb', 'decodes %2E'],
] as const) {
  test(`the path ${path}, which no policy sees, is warned about`, t => {
    const { cases, diagnostics } = readPolicyCases(withPath(path), 'a.test.yaml')
    t.is(cases?.cases.length, 1)
    t.like(diagnostics, {
      length: 1,
      0: { code: 'SC0506', severity: 'warning', place: { line: 2, column: 61 } },
    })
    t.regex(diagnostics[0]?.message ?? '', new RegExp(`because Envoy ${does} first$`))
  })
}

for (const path of ['/a//b', '/a%2fb', '/..a/b..', '/a;x=1', '/?r=/../%61', '/ä', '*']) {
  test(`the path ${path} arrives as it is, and nothing is said`, t => {
    t.deepEqual(readPolicyCases(withPath(`'${path}'`), 'a.test.yaml').diagnostics, [])
  })
}

test('every mistake of a file is reported at once, from its top to its end', t => {
  const text = 'cases:\n  - {nmae: n, request: {path: x, port: 0}, expect: maybe}\nworklod: {}\n'
  t.deepEqual(
    readPolicyCases(text, 'f').diagnostics.map(({ code, place }) => [code, place?.line]),
    [
      ['SC0503', 2],
      ['SC0501', 2],
      ['SC0503', 2],
      ['SC0502', 2],
      ['SC0502', 2],
      ['SC0502', 2],
      ['SC0501', 3],
    ],
  )
})

const word = fc.stringMatching(/^[a-z][a-z0-9-]{0,8}$/)
const described = fc.record(
  {
    method: fc.constantFrom('GET', 'POST', 'get', 'M-SEARCH'),
    host: word,
    sourceIp: fc.ipV4(),
    destinationIp: fc.ipV6(),
    port: fc.integer({ min: 1, max: 65535 }),
    sni: word,
    headers: fc.dictionary(
      word.filter(name => name !== 'host'),
      fc.array(word, { minLength: 1 }),
    ),
  },
  { requiredKeys: [] },
)

test('whatever is written of a request is what is read', t => {
  const names = fc.uniqueArray(fc.string({ minLength: 1 }), { minLength: 1, maxLength: 5 })
  fc.assert(
    fc.property(names, described, word, (titles, fields, path) => {
      const request = { ...fields, identity: `spiffe://td/${path}`, path: `/${path}` }
      const text = stringify({ cases: titles.map(name => ({ name, request, expect: 'allow' })) })
      const { port, ...rest } = fields
      const wanted = {
        method: 'GET',
        headers: {},
        ...rest,
        ...(port === undefined ? {} : { destinationPort: port }),
        path: `/${path}`,
      }
      const read = cases(text).cases
      t.deepEqual(
        read.map(({ name }) => name),
        titles,
      )
      for (const { request } of read) t.deepEqual(request, wanted)
    }),
  )
})

test('no text makes the reader throw, and with an error there are no cases', t => {
  const pieces = fc.constantFrom(
    ...[
      'cases:',
      '- name: a',
      'request:',
      'expect: ',
      'headers:',
      '{',
      '}',
      '[',
      '\n  ',
      '*a',
      '&a ',
    ],
  )
  fc.assert(
    fc.property(fc.array(fc.oneof(pieces, fc.string()), { maxLength: 20 }), parts => {
      const { cases, diagnostics } = readPolicyCases(parts.join(''), 'f')
      t.is(
        cases === undefined,
        diagnostics.some(({ severity }) => severity === 'error'),
      )
    }),
  )
})
