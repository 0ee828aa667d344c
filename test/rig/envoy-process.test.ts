import test, { type ExecutionContext } from 'ava'
import { findEnvoy } from '../../rig/envoy-binary.js'
import { type EnvoyBootstrap, startEnvoy, validateEnvoyConfig } from '../../rig/envoy-process.js'
import { Lifetime } from '../../rig/lifetime.js'
import { RigError } from '../../rig/rig-error.js'

const manager =
  'type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager'

/** Answers every request with a text. */
function answering(text: string, port = 0): EnvoyBootstrap {
  const route = {
    match: { prefix: '/' },
    direct_response: { status: 200, body: { inline_string: text } },
  }
  const connectionManager = {
    '@type': manager,
    stat_prefix: 'test',
    route_config: { virtual_hosts: [{ name: 'all', domains: ['*'], routes: [route] }] },
    http_filters: [
      {
        name: 'envoy.filters.http.router',
        typed_config: {
          '@type': 'type.googleapis.com/envoy.extensions.filters.http.router.v3.Router',
        },
      },
    ],
  }
  return {
    static_resources: {
      listeners: [
        {
          name: 'web',
          address: { socket_address: { address: '127.0.0.1', port_value: port } },
          filter_chains: [
            {
              filters: [
                {
                  name: 'envoy.filters.network.http_connection_manager',
                  typed_config: connectionManager,
                },
              ],
            },
          ],
        },
      ],
    },
  }
}

function testLifetime(t: ExecutionContext): Lifetime {
  const lifetime = new Lifetime()
  t.teardown(() => lifetime.end())
  return lifetime
}

test('several Envoys run side by side, each ready when it is given and gone when stopped', async t => {
  const program = await findEnvoy()
  const lifetime = testLifetime(t)
  const [one, two] = await Promise.all(
    ['one', 'two'].map(text =>
      startEnvoy({ program, name: text, config: answering(text), lifetime }),
    ),
  )
  const urls = [one, two].map(envoy => `http://127.0.0.1:${envoy?.port('web')}/`)

  const texts = await Promise.all(urls.map(async url => (await fetch(url)).text()))

  t.deepEqual(texts, ['one', 'two'])
  t.regex((await one?.admin('/server_info')) ?? '', /"state": "LIVE"/)
  t.throws(() => one?.port('other'), { message: 'one has no listener other' })
  await lifetime.end()
  for (const url of urls) await t.throwsAsync(fetch(url))
})

test('an Envoy that refuses its configuration is told with what it says', async t => {
  const program = await findEnvoy()
  const config = { static_resources: { clusters: [{ name: 'no_type', type: 'NONSENSE' }] } }

  const error = await t.throwsAsync(
    startEnvoy({ program, name: 'the sidecar', config, lifetime: testLifetime(t) }),
    {
      instanceOf: RigError,
      message: /^the sidecar ended with exit code 1\n[\s\S]*NONSENSE/,
    },
  )

  t.is((error as RigError).code, 'process-not-ready')
})

test('a configuration is validated without being run', async t => {
  const program = await findEnvoy()

  t.is(await validateEnvoyConfig(program, answering('text')), undefined)
  const finding = await validateEnvoyConfig(program, answering('text', 70_000))
  t.regex(finding ?? '', /port/i)
})
