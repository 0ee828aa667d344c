import test from 'ava'
import { readConfiguration } from '../../config/index.js'
import { type GenerateOptions, generate } from '../../envoyfilters/index.js'

function run(text: string, options: GenerateOptions = {}) {
  const { configuration, diagnostics } = readConfiguration(text, '/some/where/sidecert.yaml')
  if (configuration === undefined) throw new Error(JSON.stringify(diagnostics))
  return generate(configuration, [], { only: ['filters'], ...options })
}

function paths(text: string, options: GenerateOptions = {}) {
  return run(text, options).files.map(({ path }) => path)
}

test('target and forwarding of the file hold unless they are given', t => {
  const text = 'target: istio\nforwarding: lua'
  t.deepEqual(paths(text), ['istio/lua/envoyfilter.yaml'])
  t.deepEqual(paths(text, { forwarding: 'native' }), ['istio/native/envoyfilter.yaml'])
  t.deepEqual(paths(text, { target: 'envoy' }), ['envoy/lua/envoy.yaml'])
  t.is(paths(text, { target: 'all', forwarding: 'all' }).length, 6)
})

test('no file says where the input lies', t => {
  const { files } = run('trustDomain: a', { forwarding: 'all' })
  t.true(files.every(({ content }) => !content.includes('/some/where')))
})

test('a service without a port cannot be reached through Istio, and can by plain Envoy', t => {
  const text = 'service: {listen: "unix:/run/s.sock"}'
  t.like(run(text), {
    files: [],
    diagnostics: [
      {
        code: 'SC0301',
        message:
          'Istio reaches the service by the port of its Kubernetes Service, and service.listen names none',
      },
    ],
  })
  t.deepEqual(paths(text, { target: 'envoy' }), ['envoy/ext-authz/envoy.yaml'])
  t.deepEqual(paths(text, { forwarding: 'native', target: 'istio' }), [
    'istio/native/envoyfilter.yaml',
  ])
})

const files = 'envoy: {tls: {certificate: c.pem, privateKey: k.pem, trustedCa: ca.pem}'

test('secret files are named by the directory that Envoy finds them in', t => {
  const named = (text: string, options: GenerateOptions) =>
    /path: (.*sidecert_certificate.yaml)/.exec(run(text, options).files[0]?.content ?? '')?.[1]
  const options = { target: 'envoy', forwarding: 'lua' } as const
  const file = 'envoy/lua/sidecert_certificate.yaml'
  t.is(named(`${files}}`, { ...options, directory: 'out' }), `out/${file}`)
  t.is(named(`${files}}`, { ...options, directory: '/abs' }), `/abs/${file}`)
  t.is(
    named(`${files}, directory: /etc/envoy}`, { ...options, directory: 'out' }),
    `/etc/envoy/${file}`,
  )
  t.deepEqual(
    paths(`${files}}`, options),
    ['envoy', 'sidecert_certificate', 'sidecert_authorities'].map(name => `envoy/lua/${name}.yaml`),
  )
})
