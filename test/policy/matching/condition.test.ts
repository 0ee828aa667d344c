import test, { type ExecutionContext } from 'ava'
import type { Facts } from '../../../policy/index.js'
import { allows, denies, request } from '../scenario.js'

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
