import test, { type ExecutionContext } from 'ava'
import fc from 'fast-check'
import { decide, type Facts } from '../../policy/index.js'
import { allows, compiled, denies, from, policyText, request } from './scenario.js'

const clientA = 'spiffe://td/ns/applications/sa/client-a'

/** A source with one field, against peers: the ones it matches and the ones it does not. */
function source(t: ExecutionContext, field: string, yes: string[], no: string[]) {
  const rule = `{from: [{source: {${field}}}]}`
  const negated = rule.replace(field, `not${field.charAt(0).toUpperCase()}${field.slice(1)}`)
  for (const [peers, expected] of [[yes, true] as const, [no, false] as const]) {
    for (const peer of peers) {
      t.is(allows(rule, from(peer)), expected, `${field} ${peer}`)
      t.is(denies(rule, from(peer)), expected, `${field} ${peer}`)
      t.is(allows(negated, from(peer)), !expected, `not ${field} ${peer}`)
      t.is(denies(negated, from(peer)), !expected, `not ${field} ${peer}`)
    }
  }
  t.false(allows(rule, from(undefined)), `${field} without a certificate`)
  t.true(allows(negated, from(undefined)), `not ${field} without a certificate`)
  t.true(denies(negated, from(undefined)), `not ${field} without a certificate`)
}

test('principals are compared with the SPIFFE ID without its scheme', t => {
  source(
    t,
    'principals: [td/ns/applications/sa/client-a]',
    [clientA],
    [
      `${clientA}x`,
      'spiffe://td/ns/applications/sa/client-A',
      'spiffe://other/ns/applications/sa/client-a',
      'spiffe://td/ns/applications/sa/client-a/x',
    ],
  )
  source(t, 'principals: ["spiffe://td/ns/applications/sa/client-a"]', [], [clientA])
})

test('principals have a wildcard at one end, and only there', t => {
  source(t, 'principals: ["td/ns/applications/*"]', [clientA], ['spiffe://td/ns/app/sa/client-a'])
  source(t, 'principals: ["*/client-a"]', [clientA, 'spiffe://x/client-a'], [`${clientA}a`])
  source(t, 'principals: ["*"]', [clientA, 'spiffe://td'], [])
  source(t, 'principals: ["td/*/sa/client-a"]', [], [clientA])
  source(t, 'principals: ["*client*"]', [], [clientA])
  source(t, 'principals: ["*//td/ns/applications/sa/client-a"]', [], [clientA])
})

test('namespaces match in any trust domain, wildcards anywhere and over slashes', t => {
  source(
    t,
    'namespaces: [applications]',
    [clientA, 'spiffe://x/y/ns/applications/z'],
    [
      'spiffe://td/ns/applications',
      'spiffe://td/ns/applications2/sa/a',
      'spiffe://td/xns/applications/sa/a',
    ],
  )
  source(t, 'namespaces: ["app*"]', [clientA, 'spiffe://td/ns/app/sa/a'], ['spiffe://td/ns/ap/x/y'])
  source(t, 'namespaces: ["a*s"]', [clientA, 'spiffe://td/ns/a/b/s/sa/x'], ['spiffe://td/ns/a/x'])
  source(t, 'namespaces: ["*"]', [clientA], ['spiffe://td/ns/x', 'spiffe://td'])
  source(t, 'namespaces: ["app.ications"]', [], [clientA])
})

test('service accounts match in any trust domain, with segments before and after', t => {
  const yes = [
    clientA,
    'spiffe://x/ns/applications/sa/client-a',
    'spiffe://td/ns/applications/sa/client-a/extra/x',
    'spiffe://td/ns/applications/k/v/sa/client-a',
    'spiffe://td/x/ns/applications/sa/client-a',
    'spiffe://td/ns/applications/ns/applications/sa/client-a',
  ]
  const no = [
    `${clientA}b`,
    'spiffe://td/ns/applicationsx/sa/client-a',
    'spiffe://td/ns/applications/xsa/client-a',
    'spiffe://td/ns/applications/sa/sa/client',
    'spiffe://td/sa/client-a/ns/applications/x',
  ]
  source(t, 'serviceAccounts: [applications/client-a]', yes, no)
})

test('a service account without a namespace is one of the policy, in the root namespace too', t => {
  const rule = '{rules: [{from: [{source: {serviceAccounts: [a]}}]}]}'
  const root = compiled(policyText(rule, 'name: p, namespace: istio-system'))
  t.is(decide(root, from('spiffe://td/ns/istio-system/sa/a')).verdict, 'allow')
  t.is(decide(root, from('spiffe://td/ns/curity/sa/a')).verdict, 'deny')
})

test('trust domains are whole names or have a wildcard at one end', t => {
  source(t, 'trustDomains: [td]', [clientA], ['spiffe://tdx/a', 'spiffe://td', 'spiffe://x/td/a'])
  source(t, 'trustDomains: ["t*"]', [clientA, 'spiffe://t/a'], ['spiffe://x/t', 'spiffe://t'])
  source(t, 'trustDomains: ["*d"]', [clientA, 'spiffe://d/a'], ['spiffe://x/d/a', 'spiffe://dx/a'])
  source(t, 'trustDomains: ["*"]', [clientA, 'spiffe://td'], [])
  const withSlash = '{when: [{key: source.trustDomain, values: [VALUE]}]}'
  t.true(allows(withSlash.replace('VALUE', 'td/ns'), from(clientA)))
  t.true(allows(withSlash.replace('VALUE', '"*d/ns"'), from(clientA)))
  t.true(allows(withSlash.replace('VALUE', '"td/n*"'), from(clientA)))
  t.false(allows(withSlash.replace('VALUE', '"*/ns"'), from('spiffe://td/x/ns/y')))
})

/** An operation or a condition, against facts: those it matches and those it does not. */
function matches(
  t: ExecutionContext,
  field: string,
  values: string,
  yes: readonly Facts[],
  no: readonly Facts[],
) {
  const positive = field.includes('.') ? 'values' : field
  const negative = field.includes('.')
    ? 'notValues'
    : `not${field.charAt(0).toUpperCase()}${field.slice(1)}`
  const rule = (name: string) => {
    if (field.includes('.')) return `{when: [{key: "${field}", ${name}: ${values}}]}`
    const wrapper = /blocks$/i.test(field) ? ['from', 'source'] : ['to', 'operation']
    return `{${wrapper[0]}: [{${wrapper[1]}: {${name}: ${values}}}]}`
  }
  for (const [requests, expected] of [[yes, true] as const, [no, false] as const]) {
    for (const facts of requests) {
      const label = `${field} ${values} ${JSON.stringify(facts)}`
      t.is(allows(rule(positive), facts), expected, label)
      t.is(denies(rule(positive), facts), expected, label)
      t.is(allows(rule(negative), facts), !expected, `not ${label}`)
      t.is(denies(rule(negative), facts), !expected, `not ${label}`)
    }
  }
}

const hosts = (...names: string[]) => names.map(host => request({ host }))
const paths = (...names: string[]) => names.map(path => request({ path }))
const methods = (...names: string[]) => names.map(method => request({ method }))

test('hosts are compared as sent: port and trailing dot count, case does not', t => {
  matches(
    t,
    'hosts',
    '[Login.example.com]',
    hosts('login.example.com', 'LOGIN.EXAMPLE.COM'),
    hosts('login.example.com:8443', 'login.example.com.', 'xlogin.example.com', ''),
  )
  matches(
    t,
    'hosts',
    '["login.example.com:*"]',
    hosts('Login.example.com:8443'),
    hosts('login.example.com'),
  )
  matches(
    t,
    'hosts',
    '["*.EXAMPLE.com"]',
    hosts('a.example.COM', '.example.com'),
    hosts('example.com'),
  )
  matches(t, 'hosts', '["*"]', hosts('', 'x'), [])
  // Only ASCII letters fold: these two are one letter to Unicode.
  matches(t, 'hosts', '["k"]', hosts('K'), hosts('\u212a', '\xe2\x84\xaa'))
  matches(t, 'hosts', '["\u00c4"]', hosts('\xc3\x84'), hosts('\xc3\xa4', '\u00c4'))
})

test('methods are compared with their case', t => {
  matches(t, 'methods', '[GET]', methods('GET'), methods('get', 'GETX', ''))
  matches(t, 'methods', '["P*"]', methods('POST', 'PUT', 'P'), methods('GET', 'post'))
  matches(t, 'methods', '["*T"]', methods('GET', 'POST'), methods('DELETE'))
  matches(t, 'methods', '["*"]', methods('GET', ''), [])
})

test('paths are whole, have a wildcard at one end, or are any path but the empty one', t => {
  matches(
    t,
    'paths',
    '[/token]',
    paths('/token'),
    paths('/token/', '/Token', '/token;x=1', '/tokens'),
  )
  matches(t, 'paths', '["/oauth/*"]', paths('/oauth/', '/oauth/a/b'), paths('/oauth'))
  matches(t, 'paths', '["*/token"]', paths('/token', '/a/token'), paths('/token/'))
  matches(t, 'paths', '["/a/*/b"]', paths('/a/*/b'), paths('/a/x/b'))
  matches(t, 'paths', '["*"]', paths('/', '/x', '*'), paths(''))
  matches(t, 'paths', '["*a*"]', paths('/xa*'), paths('/a', '/xax'))
  matches(t, 'paths', '["/\u00e4"]', paths('/\xc3\xa4'), paths('/\u00e4'))
})

test('path templates match by segments', t => {
  matches(
    t,
    'paths',
    '["/foo/{*}"]',
    paths('/foo/x', '/foo/a%2Fb', '/foo/*'),
    paths('/foo/', '/foo/x/', '/foo/x/y', '/foo', '/foo/a"b'),
  )
  matches(
    t,
    'paths',
    '["/foo/{*}/bar/{**}"]',
    paths('/foo/x/bar/', '/foo/x/bar/y/z//'),
    paths('/foo/x/bar', '/foo//bar/x', '/foo/x/y/bar/z'),
  )
  matches(
    t,
    'paths',
    '["/store/{**}/cart"]',
    paths('/store//cart', '/store/a/b/cart'),
    paths('/store/cart', '/store/a/cartx'),
  )
  matches(
    t,
    'paths',
    '["/foo/{**}/"]',
    paths('/foo//', '/foo/a/'),
    paths('/foo/', '/foo/bar/baz.txt'),
  )
})

test('ports are those of the connection', t => {
  matches(
    t,
    'ports',
    '["8443", "0080"]',
    [request(), request({ destinationPort: 80 })],
    [request({ destinationPort: 443 })],
  )
  matches(t, 'destination.port', '["8443"]', [request()], [request({ destinationPort: 0 })])
})

const sources = (...names: string[]) => names.map(sourceIp => request({ sourceIp }))

test('address blocks hold addresses of their own version only', t => {
  matches(
    t,
    'ipBlocks',
    '[10.0.0.0/8]',
    sources('10.0.0.0', '10.255.255.255'),
    sources('11.0.0.0', '9.255.255.255', '::ffff:10.0.0.1', '::10.0.0.1'),
  )
  matches(t, 'ipBlocks', '[10.0.0.7]', sources('10.0.0.7'), sources('10.0.0.6'))
  matches(t, 'ipBlocks', '[10.0.0.77/28]', sources('10.0.0.64', '10.0.0.79'), sources('10.0.0.80'))
  matches(
    t,
    'ipBlocks',
    '["2001:db8::/33"]',
    sources('2001:db8:7fff::1'),
    sources('2001:db8:8000::'),
  )
  matches(
    t,
    'ipBlocks',
    '["::ffff:10.0.0.0/104"]',
    sources('::ffff:10.1.2.3', '::ffff:a00:1'),
    sources('10.1.2.3'),
  )
  matches(t, 'ipBlocks', '[0.0.0.0/0]', sources('1.2.3.4'), sources('::1'))
  matches(t, 'ipBlocks', '["fe80::1%eth0"]', sources('fe80::1'), sources('fe80::2'))
})

test('each address field looks at its own address', t => {
  const facts = request()
  matches(t, 'source.ip', '[10.0.0.1]', [facts], [])
  matches(t, 'remoteIpBlocks', '[192.0.2.0/24]', [facts], [request({ remoteIp: '10.0.0.1' })])
  matches(t, 'remote.ip', '[192.0.2.1]', [facts], [])
  matches(t, 'destination.ip', '[10.0.0.2]', [facts], [])
})

test('server names are compared with their case, and a connection may have none', t => {
  const sni = (name: string | undefined) => request({ sni: name })
  matches(
    t,
    'connection.sni',
    '[a.example]',
    [sni('a.example')],
    [sni('A.example'), sni(undefined)],
  )
  matches(t, 'connection.sni', '["*.example"]', [sni('a.example')], [sni('a.examples')])
  matches(t, 'connection.sni', '["*"]', [sni('x')], [sni(undefined), sni('')])
})

const header = (...lines: string[]) => request({ headers: { 'x-tenant': lines } })

test('any line of a header may match, its name in any case and its value in one', t => {
  const key = 'request.headers[X-Tenant]'
  matches(
    t,
    key,
    '[acme]',
    [header('acme'), header('zed', 'acme')],
    [header('ACME'), header('acme,zed'), header(''), request()],
  )
  matches(t, key, '["ac*"]', [header('ac'), header('x', 'acme')], [header('xac')])
  matches(t, key, '["*me"]', [header('acme')], [header('acmex')])
  matches(t, key, '["*"]', [header(''), header('x')], [request()])
  matches(t, key, '["\u00e4"]', [header('\xc3\xa4')], [header('\xe4')])
})

test('the host header is the authority', t => {
  const key = 'request.headers[Host]'
  matches(t, key, '[a.example]', hosts('a.example'), hosts('A.example', 'b.example'))
  matches(t, 'request.headers[:authority]', '[a.example]', hosts('a.example'), hosts('b.example'))
  const path = request({ headers: { ':path': ['/x?y'] } })
  matches(t, 'request.headers[:path]', '["/x?y"]', [path], [request()])
})

test('the keys of conditions for identities are those of sources', t => {
  const when = (key: string, value: string) => `{when: [{key: ${key}, values: [${value}]}]}`
  for (const rule of [
    when('source.principal', 'td/ns/applications/sa/client-a'),
    when('source.namespace', 'applications'),
    when('source.serviceAccount', 'applications/client-a'),
    when('source.trustDomain', 'td'),
  ]) {
    t.true(allows(rule, from(clientA)), rule)
    t.false(allows(rule, from('spiffe://x/ns/y/sa/z')), rule)
    t.false(allows(rule, from(undefined)), rule)
  }
})

test('a rule needs one source, one operation and every condition', t => {
  const rule = `{from: [{source: {namespaces: [a]}}, {source: {namespaces: [b]}}],
    to: [{operation: {methods: [GET]}}, {operation: {paths: [/x]}}],
    when: [{key: destination.port, values: ["1"]}, {key: connection.sni, notValues: [s]}]}`
  const facts = (namespace: string, method: string, path: string, port: number, sni?: string) => {
    const peer = { kind: 'svid', spiffeId: `spiffe://td/ns/${namespace}/sa/x` } as const
    return request({ peer, method, path, destinationPort: port, sni })
  }
  t.true(allows(rule, facts('a', 'GET', '/y', 1)))
  t.true(allows(rule, facts('b', 'PUT', '/x', 1)))
  t.false(allows(rule, facts('c', 'GET', '/x', 1)))
  t.false(allows(rule, facts('a', 'PUT', '/y', 1)))
  t.false(allows(rule, facts('a', 'GET', '/x', 2)))
  t.false(allows(rule, facts('a', 'GET', '/x', 1, 's')))
})

test('fields of one source hold together, and values exclude what they exclude', t => {
  const rule =
    '{from: [{source: {principals: ["td/*"], notPrincipals: ["*/a", "*/b"], ipBlocks: [10.0.0.0/8]}}]}'
  t.true(allows(rule, from('spiffe://td/ns/x/sa/c')))
  t.false(allows(rule, from('spiffe://td/ns/x/sa/a')))
  t.false(allows(rule, from('spiffe://td/ns/x/sa/b')))
  t.false(allows(rule, { ...from('spiffe://td/ns/x/sa/c'), sourceIp: '1.1.1.1' }))
})

test('a policy without rules allows nothing; an empty rule matches everything', t => {
  for (const spec of ['{}', '{rules: []}', '{rules: null}', 'null']) {
    t.like(decide(compiled(policyText(spec), { whenNoPolicy: 'allow' }), request()), {
      verdict: 'deny',
      reason: 'no-rule-matched',
    })
  }
  t.true(allows('{}', from(undefined)))
  t.true(allows('{from: [], to: [], when: []}', from(undefined)))
  t.true(denies('{}', request()))
})

test('DENY goes before ALLOW, and a decision names the rule that decided', t => {
  const both = compiled(
    `${policyText('{rules: [{}]}', 'name: a, namespace: curity')}---\n${policyText(
      '{action: DENY, rules: [{to: [{operation: {paths: [/x]}}]}, {to: [{operation: {paths: [/a]}}]}]}',
      'name: d, namespace: istio-system',
    )}`,
  )
  t.deepEqual(decide(both, request()), {
    verdict: 'allow',
    reason: 'allowed-by-rule',
    rule: 'ns[curity]-policy[a]-rule[0]',
    audited: [],
  })
  t.deepEqual(decide(both, request({ path: '/a' })), {
    verdict: 'deny',
    reason: 'denied-by-rule',
    rule: 'ns[istio-system]-policy[d]-rule[1]',
    audited: [],
  })
})

test('of several rules that match, the one that Envoy names is named', t => {
  const many = Array.from({ length: 11 }, (_, index) => {
    return index === 2 || index === 10 ? '{}' : '{to: [{operation: {methods: [NONE]}}]}'
  })
  const { rule } = decide(compiled(policyText(`{rules: [${many.join(', ')}]}`)), request())
  t.is(rule, 'ns[curity]-policy[p]-rule[10]')
})

test('without an ALLOW policy in scope, whenNoPolicy decides', t => {
  const none = policyText('{rules: [{}]}', 'name: p, namespace: elsewhere')
  const deny = policyText('{action: DENY, rules: [{to: [{operation: {paths: [/x]}}]}]}')
  for (const text of [none, deny]) {
    for (const whenNoPolicy of ['allow', 'deny'] as const) {
      t.deepEqual(decide(compiled(text, { whenNoPolicy }), request()), {
        verdict: whenNoPolicy,
        reason: 'no-policy',
        audited: [],
      })
    }
  }
})

test('AUDIT policies record and decide nothing', t => {
  const audit = policyText(
    '{action: AUDIT, rules: [{}, {to: [{operation: {paths: [/x]}}]}, {to: [{operation: {paths: [/]}}]}]}',
  )
  t.deepEqual(decide(compiled(audit, { whenNoPolicy: 'allow' }), request()), {
    verdict: 'allow',
    reason: 'no-policy',
    audited: ['ns[curity]-policy[p]-rule[0]', 'ns[curity]-policy[p]-rule[2]'],
  })
})

test('policies in dry run decide nothing, and what they would decide is told', t => {
  const dry = (name: string, spec: string) => {
    return policyText(
      spec,
      `name: ${name}, namespace: curity, annotations: {istio.io/dry-run: "true"}`,
    )
  }
  const text = `${dry('a', '{rules: [{to: [{operation: {paths: [/a]}}]}]}')}---\n${dry(
    'd',
    '{action: DENY, rules: [{to: [{operation: {paths: [/d]}}]}]}',
  )}`
  const both = compiled(text, { whenNoPolicy: 'allow' })
  const decided = { verdict: 'allow', reason: 'no-policy', audited: [] } as const
  t.deepEqual(decide(both, request()), { ...decided, dryRun: { verdict: 'deny' } })
  t.deepEqual(decide(both, request({ path: '/a' })), {
    ...decided,
    dryRun: { verdict: 'allow', rule: 'ns[curity]-policy[a]-rule[0]' },
  })
  t.deepEqual(decide(both, request({ path: '/d' })), {
    ...decided,
    dryRun: { verdict: 'deny', rule: 'ns[curity]-policy[d]-rule[0]' },
  })
})

test('a policy speaks of its namespace, the root namespace of all, both of what they select', t => {
  const rules = 'rules: [{}]'
  const verdict = (metadata: string, selector: string) => {
    const text = policyText(`{selector: {matchLabels: {${selector}}}, ${rules}}`, metadata)
    return decide(compiled(text), request()).verdict
  }
  t.is(verdict('name: p, namespace: curity', ''), 'allow')
  t.is(verdict('name: p, namespace: istio-system', ''), 'allow')
  t.is(verdict('name: p, namespace: other', ''), 'deny')
  t.is(verdict('name: p, namespace: curity', 'role: runtime'), 'allow')
  t.is(verdict('name: p, namespace: curity', 'role: runtime, app: curity'), 'allow')
  t.is(verdict('name: p, namespace: curity', 'role: admin'), 'deny')
  t.is(verdict('name: p, namespace: curity', 'role: runtime, tier: x'), 'deny')
  t.is(verdict('name: p, namespace: curity', 'toString: x'), 'deny')
})

const identityFields = [
  'principals: ["*"]',
  'namespaces: [x]',
  'serviceAccounts: [x/y]',
  'trustDomains: [x]',
]

test('with a certificate that says nothing, no identity condition allows and each denies', t => {
  const invalid = from(new Error('it has two URI SANs'))
  for (const field of identityFields) {
    const negated = `not${field.charAt(0).toUpperCase()}${field.slice(1)}`
    for (const either of [field, negated]) {
      const rule = `{from: [{source: {${either}}}]}`
      t.false(allows(rule, invalid), rule)
      t.true(denies(rule, invalid), rule)
    }
  }
  t.true(allows('{to: [{operation: {methods: [GET]}}]}', invalid))
  t.false(
    denies('{from: [{source: {principals: [a]}}], to: [{operation: {methods: [PUT]}}]}', invalid),
  )
})

test('an AUDIT rule that cannot be decided does not match', t => {
  const audit = policyText('{action: AUDIT, rules: [{from: [{source: {notPrincipals: [a]}}]}]}')
  t.deepEqual(decide(compiled(audit), from(new Error('bad'))).audited, [])
})

test('addresses and ports that are not known or not addresses decide nothing', t => {
  const unknown = request({
    sourceIp: undefined,
    remoteIp: 'unix',
    destinationIp: undefined,
    destinationPort: undefined,
  })
  for (const field of [
    'source: {ipBlocks: [0.0.0.0/0]}',
    'source: {notIpBlocks: [0.0.0.0/0]}',
    'source: {remoteIpBlocks: [0.0.0.0/0]}',
    'source: {notRemoteIpBlocks: [0.0.0.0/0]}',
  ]) {
    t.false(allows(`{from: [{${field}}]}`, unknown), field)
    t.true(denies(`{from: [{${field}}]}`, unknown), field)
  }
  for (const field of ['ports: ["1"]', 'notPorts: ["1"]']) {
    t.false(allows(`{to: [{operation: {${field}}}]}`, unknown), field)
    t.true(denies(`{to: [{operation: {${field}}}]}`, unknown), field)
  }
})

/** Every way in which a value may have been joined from lines. */
function readings(line: string): string[][] {
  const [first = '', ...rest] = line.split(',')
  return rest.reduce<string[][]>(
    (soFar, piece) => {
      return soFar.flatMap(lines => [
        [...lines, piece],
        [...lines.slice(0, -1), `${lines.at(-1)},${piece}`],
      ])
    },
    [[first]],
  )
}

test('a header that may be one line or several decides only what every reading decides', t => {
  const value = fc.string({ unit: fc.constantFrom('a', 'b', ','), minLength: 1, maxLength: 6 })
  const pattern = fc
    .tuple(fc.constantFrom('', '*'), value, fc.constantFrom('', '*'))
    .map(parts => parts.join(''))
  fc.assert(
    fc.property(value, pattern, (line, text) => {
      const joined = request({ headers: { 'x-a': [line] }, headersJoined: true })
      const rule = (name: string) => {
        return `{when: [{key: "request.headers[x-a]", ${name}: [${JSON.stringify(text)}]}]}`
      }
      const verdicts = readings(line).map(lines => {
        return allows(rule('values'), request({ headers: { 'x-a': lines } }))
      })
      t.is(allows(rule('values'), joined), verdicts.every(Boolean), `${line} ${text}`)
      t.is(denies(rule('values'), joined), verdicts.some(Boolean))
      t.is(allows(rule('notValues'), joined), !verdicts.some(Boolean))
      t.is(denies(rule('notValues'), joined), !verdicts.every(Boolean))
    }),
  )
})

test('a joined header with an exclamation mark may have lost a byte', t => {
  const rule = (value: string) => `{when: [{key: "request.headers[x-a]", values: ["${value}"]}]}`
  const joined = request({ headers: { 'x-a': ['a!'] }, headersJoined: true })
  t.false(allows(rule('a!'), joined))
  t.true(denies(rule('a!'), joined))
  t.true(denies(rule('\u00e4'), joined))
  t.false(denies(rule('a'), joined))
  t.true(allows(rule('a*'), joined))
  t.true(allows(rule('*'), joined))
  t.true(allows(rule('a!'), { ...joined, headersJoined: false }))
})
