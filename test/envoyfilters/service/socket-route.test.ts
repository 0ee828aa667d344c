import test from 'ava'
import { parse } from 'yaml'
import { readConfiguration } from '../../../config/index.js'
import { type GenerateOptions, generate } from '../../../envoyfilters/index.js'

function filterOf(service: string, forwarding: NonNullable<GenerateOptions['forwarding']>) {
  const text = `service: ${service}\n`
  const { configuration } = readConfiguration(text, 'sidecert.yaml')
  if (configuration === undefined) throw new Error('no configuration')
  const { files } = generate(configuration, [], { target: 'istio', forwarding })
  const content = files.find(({ path }) => path.endsWith('envoyfilter.yaml'))?.content ?? ''
  return parse(content).spec.configPatches
}

const container = '{ deployment: container, listen: unix:/run/sidecert/sidecert.sock }'

test('the sidecar reaches a second container over its socket, by a cluster that comes along', t => {
  const [added, ...rest] = filterOf(container, 'ext-authz')
  t.is(added.applyTo, 'CLUSTER')
  t.is(added.patch.operation, 'ADD')
  const { name, load_assignment } = added.patch.value
  t.deepEqual(load_assignment.endpoints[0].lb_endpoints[0].endpoint.address, {
    pipe: { path: '/run/sidecert/sidecert.sock' },
  })
  const services = rest.flatMap(
    ({ patch }: { patch: { value: { typed_config?: { grpc_service?: unknown } } } }) =>
      patch.value.typed_config?.grpc_service ?? [],
  )
  t.is(services.length, 1)
  t.is(services[0].envoy_grpc.cluster_name, name)
})

test('without ext_authz there is no cluster that nobody calls', t => {
  for (const forwarding of ['lua', 'native'] as const) {
    const patches = filterOf(container, forwarding)
    t.true(patches.length > 0)
    t.false(patches.some(({ applyTo }: { applyTo: string }) => applyTo === 'CLUSTER'))
  }
})
