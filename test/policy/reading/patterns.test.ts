import test from 'ava'
import fc from 'fast-check'
import type { Facts } from '../../../policy/index.js'
import { allower, allows, denies, from, request } from '../scenario.js'

/** Texts of a few pieces, many of which are near misses of each other. */
function texts(...pieces: readonly string[]): fc.Arbitrary<string> {
  return fc.array(fc.constantFrom(...pieces), { maxLength: 12 }).map(parts => parts.join(''))
}

function quoteMeta(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')
}

function source(field: string, value: string): string {
  return `{from: [{source: {${field}: [${JSON.stringify(value)}]}}]}`
}

/** An identity of any form: what a matcher does with it must not hang on its being valid. */
const identity = texts('spiffe://', 'td', '/', 'ns', 'sa', '/ns/a/', '/sa/b', 'a', 'b').map(
  text => {
    return `spiffe://${text}`
  },
)

test('a namespace is what its regular expression matches', t => {
  const namespace = texts('a', 'b', '*', '/', '.').filter(text => text !== '')
  fc.assert(
    fc.property(namespace, identity, (value, id) => {
      const middle = value.split('*').map(quoteMeta).join('.*')
      const expected = new RegExp(`^.*\\/ns\\/${middle}\\/.*$`, 's').test(id)
      t.is(allows(source('namespaces', value), from(id)), expected, `${value} ${id}`)
    }),
    { numRuns: 500 },
  )
})

test('a service account is what its regular expression matches', t => {
  const name = fc.constantFrom('a', 'b', 'sa', 'ns')
  fc.assert(
    fc.property(name, name, identity, (namespace, account, id) => {
      const expected = new RegExp(
        `^spiffe:\\/\\/.+\\/ns\\/${namespace}\\/(.+\\/|)sa\\/${account}(\\/.+)?$`,
      )
      const value = `${namespace}/${account}`
      t.is(allows(source('serviceAccounts', value), from(id)), expected.test(id), `${value} ${id}`)
    }),
    { numRuns: 500 },
  )
})

test('a trust domain is what its regular expression matches', t => {
  const name = texts('t', 'd', '/', '.')
  const value = fc
    .tuple(fc.constantFrom('', '*'), name, fc.constantFrom('', '*'))
    .map(([a, b, c]) => {
      return a === '' ? b + c : a + b
    })
  fc.assert(
    fc.property(
      value.filter(text => text !== ''),
      texts('spiffe://', 't', 'd', '/', '.').map(text => `spiffe://${text}`),
      (text, id) => {
        const pattern = text.split('*').map(quoteMeta).join('[^/]*')
        const expected =
          text === '*'
            ? id.startsWith('spiffe://')
            : new RegExp(`^spiffe:\\/\\/${pattern}\\/.*$`).test(id)
        const rule = `{when: [{key: source.trustDomain, values: [${JSON.stringify(text)}]}]}`
        t.is(allows(rule, from(id)), expected, `${text} ${id}`)
      },
    ),
    { numRuns: 500 },
  )
})

test('a principal is what its string or regular expression matches', t => {
  fc.assert(
    fc.property(
      texts('td', '/', 'a', '*', '.').filter(text => text !== ''),
      identity,
      (text, id) => {
        t.is(allows(source('principals', text), from(id)), principalExpression(text).test(id))
      },
    ),
    { numRuns: 500 },
  )
})

function principalExpression(text: string): RegExp {
  if (text === '*') return /^.+$/
  if (text.startsWith('*')) return new RegExp(`^spiffe:\\/\\/.*${quoteMeta(text.slice(1))}$`)
  return text.endsWith('*')
    ? new RegExp(`^spiffe:\\/\\/${quoteMeta(text.slice(0, -1))}`)
    : new RegExp(`^spiffe:\\/\\/${quoteMeta(text)}$`)
}

test('a path template is what its regular expression matches', t => {
  const segment = "[a-zA-Z0-9\\-._~%!$&'()*+,;:@=]"
  const template = fc
    .tuple(
      fc.array(fc.constantFrom('a', 'bc', '{*}', "a.b$('+)"), { maxLength: 4 }),
      fc.constantFrom('{*}', '{**}'),
      fc.array(fc.constantFrom('a', 'bc'), { maxLength: 3 }),
      fc.constantFrom('', '/'),
    )
    .map(([before, operator, after, end]) => `/${[...before, operator, ...after].join('/')}${end}`)
  const path = texts('/', 'a', 'bc', "a.b$('+)", '{', '?', '*', '//', '%2F', ' ').map(
    text => `/${text}`,
  )
  fc.assert(
    fc.property(template, path, (text, seen) => {
      const expression = text
        .split(/(\{\*\*?\})/)
        .map(part => {
          if (part === '{*}') return `${segment}+`
          return part === '{**}' ? `(?:${segment}|\\/)*` : quoteMeta(part)
        })
        .join('')
      const rule = `{to: [{operation: {paths: [${JSON.stringify(text)}]}}]}`
      const expected = new RegExp(`^${expression}$`).test(seen)
      t.is(allows(rule, request({ path: seen })), expected, `${text} ${seen}`)
    }),
    { numRuns: 500 },
  )
})

const bytes = Array.from({ length: 256 }, (_, code) => String.fromCharCode(code))

test('operators of a path template take the same characters as in Envoy, of all bytes', t => {
  const taken = "!$%&'()*+,-.0123456789:;=@ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz~"
  const one = allower('{to: [{operation: {paths: ["/x/{*}"]}}]}')
  const any = allower('{to: [{operation: {paths: ["/x/{**}"]}}]}')
  const takenBy = (test: (facts: Facts) => boolean) => {
    return bytes.filter(byte => test(request({ path: `/x/a${byte}b` }))).join('')
  }
  t.is(takenBy(one), taken)
  t.is(takenBy(any), taken.replace('.0', './0'))
})

test('every byte is its own value of a header and a path, and of a host in either case', t => {
  for (const pattern of bytes.slice(0x21, 0x7f).filter(byte => !/[*{}]/.test(byte))) {
    const value = JSON.stringify(pattern)
    const header = allower(`{when: [{key: "request.headers[x-a]", values: [${value}]}]}`)
    const path = allower(`{to: [{operation: {paths: ["/a", ${JSON.stringify(`/${pattern}`)}]}}]}`)
    const host = allower(`{to: [{operation: {hosts: [${value}]}}]}`)
    for (const byte of bytes) {
      const same = byte === pattern
      t.is(header(request({ headers: { 'x-a': [byte] } })), same)
      t.is(path(request({ path: `/${byte}` })), same || byte === 'a')
      // Two letters differ in this bit alone when they differ in case alone.
      const fold = /[a-z]/i.test(byte) && (byte.charCodeAt(0) ^ pattern.charCodeAt(0)) === 0x20
      t.is(host(request({ host: byte })), same || fold)
    }
  }
})

const values: Readonly<Record<string, fc.Arbitrary<string>>> = {
  principals: texts('td', '/ns/a', '/sa/b', '*').filter(text => text !== ''),
  namespaces: fc.constantFrom('a', 'b', '*', 'a*'),
  trustDomains: fc.constantFrom('td', 't*', '*d', '*'),
  ipBlocks: fc.constantFrom('10.0.0.0/8', '10.0.0.1', '::1', '0.0.0.0/0'),
  remoteIpBlocks: fc.constantFrom('192.0.2.0/24', '::/0'),
  hosts: fc.constantFrom('a', '*a', 'A*', '*'),
  methods: fc.constantFrom('GET', 'P*', '*T', '*'),
  paths: fc.constantFrom('/a', '/a*', '*a', '*', '/{*}', '/{**}'),
  ports: fc.constantFrom('80', '8443'),
}

const facts: fc.Arbitrary<Facts> = fc
  .record({
    peer: fc.oneof(
      fc.constant({ kind: 'absent' } as const),
      texts('td', '/ns/a', '/sa/b').map(
        id => ({ kind: 'svid', spiffeId: `spiffe://${id}` }) as const,
      ),
    ),
    method: fc.constantFrom('GET', 'POST', 'PUT'),
    host: fc.constantFrom('a', 'A', 'b', 'ba'),
    path: fc.constantFrom('/', '/a', '/b', '/a/b', '/a?'),
    sourceIp: fc.constantFrom('10.0.0.1', '11.0.0.1', '::1'),
    remoteIp: fc.constantFrom('192.0.2.1', '10.0.0.1', '::2'),
    destinationPort: fc.constantFrom(80, 8443, 1),
  })
  .map(request)

test('a not field is the negation of its field, and DENY denies what ALLOW allows', t => {
  const field = fc.constantFrom(...Object.keys(values))
  const case_ = field.chain(name => {
    return fc.tuple(
      fc.constant(name),
      fc.array(values[name] ?? fc.constant('*'), { minLength: 1, maxLength: 3 }),
    )
  })
  fc.assert(
    fc.property(case_, facts, ([name, list], seen) => {
      const wrapper = ['hosts', 'methods', 'paths', 'ports'].includes(name)
        ? 'to: [{operation: '
        : 'from: [{source: '
      const rule = (key: string) => `{${wrapper}{${key}: ${JSON.stringify(list)}}}]}`
      const negated = `not${name.charAt(0).toUpperCase()}${name.slice(1)}`
      t.is(allows(rule(name), seen), !allows(rule(negated), seen))
      t.is(denies(rule(name), seen), allows(rule(name), seen))
      t.is(denies(rule(negated), seen), allows(rule(negated), seen))
    }),
    { numRuns: 300 },
  )
})

test('hostile requests are decided in linear time', t => {
  const long = 200_000
  const rules = [
    source('namespaces', 'a*a*a*a*b'),
    source('serviceAccounts', 'a/a'),
    source('trustDomains', '*a'),
    '{to: [{operation: {paths: ["/{*}/{*}/{*}/{**}/b", "*b"]}}]}',
    '{when: [{key: "request.headers[x-a]", values: ["a,a,b", "*a,b", "b*"]}]}',
  ]
  const hostile = request({
    peer: { kind: 'svid', spiffeId: `spiffe://td${'/ns/a/sa/a'.repeat(long / 10)}c` },
    path: `/${'a/'.repeat(long / 2)}c`,
    headers: { 'x-a': ['a,'.repeat(long / 2)] },
    headersJoined: true,
  })
  // What backtracks or starts over at each character does not end within the limit of a test.
  for (const rule of rules) t.notThrows(() => allows(rule, hostile))
})
