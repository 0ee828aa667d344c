import test from 'ava'
import { readConfiguration } from '../../config/index.js'

function server(authorizationServer: object) {
  return readConfiguration(JSON.stringify({ authorizationServer }), 'c.yaml').configuration
    ?.authorizationServer
}

test("a release that contains the chart's name is not doubled", t => {
  t.is(server({ release: 'my-idsvr' })?.name, 'my-idsvr')
  t.is(server({ release: 'curity' })?.name, 'curity-idsvr')
})

test('a release from which longer names follow than Kubernetes takes is refused', t => {
  const release = 'r'.repeat(53)
  const names = server({ release, serviceAccount: 'a' })
  t.is(names, undefined)
  const shorter = server({ release: 'r'.repeat(45) })
  t.is(shorter?.serviceName.length, 63)
})

test('a name of its own stands for the full name of the chart', t => {
  t.like(server({ name: 'login' }), {
    serviceName: 'login-runtime-svc',
    labels: { role: 'login-runtime' },
    serviceAccount: 'login-runtime',
  })
})

test('another product has the names of its own product', t => {
  t.like(server({ product: 'oidc-provider' }), {
    name: 'oidc-provider',
    serviceName: 'oidc-provider',
    labels: { app: 'oidc-provider' },
    serviceAccount: 'oidc-provider',
  })
})
