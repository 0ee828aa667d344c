import { connect, createServer, type IncomingHttpHeaders } from 'node:http2'
import test from 'ava'
import fc from 'fast-check'
import { headerSpellings, strip } from '../../filters/index.js'
import { findEnvoy, Lifetime, startEnvoy } from '../../rig/index.js'

/** Envoy keeps names in lower case and asks RE2 for a match in full. */
function isStripped(header: string, name: string): boolean {
  return new RegExp(`^(?:${headerSpellings(header)})$`).test(name)
}

const word = fc.stringMatching(/^[a-z0-9]{1,4}$/)
const separator = fc.constantFrom('-', '_')

/** A header name with another spelling of it. */
const spelled = fc
  .tuple(word, fc.array(fc.tuple(separator, separator, word), { maxLength: 4 }))
  .map(([first, rest]) => ({
    header: first + rest.map(([here, , text]) => here + text).join(''),
    other: first + rest.map(([, there, text]) => there + text).join(''),
  }))

test('every spelling of any header name is stripped', t => {
  fc.assert(fc.property(spelled, ({ header, other }) => isStripped(header, other)))
  t.pass()
})

test('no other header is stripped', t => {
  const folded = (name: string) => name.replaceAll('_', '-')
  const near = spelled.chain(({ header, other }) =>
    fc.record({
      header: fc.constant(header),
      name: fc.oneof(
        fc.constant(`${other}2`),
        fc.constant(`x${other}`),
        fc.constant(other.slice(1)),
        fc.constant(other.replaceAll(/[-_]/g, '')),
        fc.constant(other.replace(/[-_]/, '.')),
        fc.stringMatching(/^[a-z0-9_-]{1,12}$/),
      ),
    }),
  )
  fc.assert(
    fc.property(near, ({ header, name }) => {
      return isStripped(header, name) === (folded(header) === folded(name))
    }),
  )
  t.pass()
})

test('what is no header name in lower case gets into no regular expression', t => {
  for (const header of ['', 'X-Client', 'a.*', 'a|b', '-a', 'a-', 'a b', 'a\n', ':path', 'é']) {
    t.throws(() => headerSpellings(header), {
      instanceOf: RangeError,
      message: `${JSON.stringify(header)} is not a header name in lower case`,
    })
  }
})

test('the header does not come through in the trailers either', async t => {
  t.timeout(60_000)
  const lifetime = new Lifetime()
  t.teardown(() => lifetime.end())
  const server = createServer()
  const arrived = new Promise<readonly string[]>(resolve => {
    server.on('stream', stream => {
      let trailers: IncomingHttpHeaders = {}
      stream.on('trailers', sent => {
        trailers = sent
      })
      stream.on('end', () => {
        resolve(Object.keys(trailers))
        stream.respond({ ':status': 200 }, { endStream: true })
      })
      stream.resume()
    })
  })
  await new Promise<void>(resolve => {
    server.listen(0, '127.0.0.1', resolve)
  })
  lifetime.add(() => {
    server.close()
  })
  const { port } = server.address() as { port: number }
  const envoy = await startEnvoy({
    program: await findEnvoy(),
    name: 'trailers',
    config: plaintextEnvoy(port),
    lifetime,
  })
  const client = connect(`http://127.0.0.1:${envoy.port('http')}`)
  lifetime.add(() => client.destroy())
  const request = client.request({ ':method': 'POST', ':path': '/' }, { waitForTrailers: true })
  request.on('wantTrailers', () =>
    request.sendTrailers({
      'x-client-certificate': 'a',
      x_client_certificate: 'b',
      'x-other': 'c',
    }),
  )
  request.end('body')

  t.deepEqual(await arrived, ['x-other'])
})

function plaintextEnvoy(upstream: number): object {
  const h2 = { explicit_http_config: { http2_protocol_options: {} } }
  return {
    static_resources: {
      listeners: [
        {
          name: 'http',
          address: { socket_address: { address: '127.0.0.1', port_value: 0 } },
          filter_chains: [{ filters: [connectionManager()] }],
        },
      ],
      clusters: [
        {
          name: 'upstream',
          typed_extension_protocol_options: {
            'envoy.extensions.upstreams.http.v3.HttpProtocolOptions': {
              '@type': 'type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions',
              ...h2,
            },
          },
          load_assignment: {
            cluster_name: 'upstream',
            endpoints: [
              {
                lb_endpoints: [
                  {
                    endpoint: {
                      address: { socket_address: { address: '127.0.0.1', port_value: upstream } },
                    },
                  },
                ],
              },
            ],
          },
        },
      ],
    },
  }
}

function connectionManager(): object {
  return {
    name: 'http',
    typed_config: {
      '@type':
        'type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager',
      stat_prefix: 'http',
      codec_type: 'HTTP2',
      route_config: {
        virtual_hosts: [
          {
            name: 'all',
            domains: ['*'],
            routes: [{ match: { prefix: '/' }, route: { cluster: 'upstream' } }],
          },
        ],
      },
      http_filters: [
        strip({ header: 'x-client-certificate' }),
        {
          name: 'router',
          typed_config: {
            '@type': 'type.googleapis.com/envoy.extensions.filters.http.router.v3.Router',
          },
        },
      ],
    },
  }
}
