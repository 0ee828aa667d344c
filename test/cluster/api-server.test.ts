import test from 'ava'
import { findApiServer } from '../../cluster/api-server.js'
import { ClusterError } from '../../cluster/index.js'

const serviceAccount = '/var/run/secrets/kubernetes.io/serviceaccount'

for (const [host, port, href] of [
  ['10.96.0.1', '443', 'https://10.96.0.1/'],
  ['10.96.0.1', undefined, 'https://10.96.0.1/'],
  ['fd00::1', '6443', 'https://[fd00::1]:6443/'],
] as const) {
  test(`a pod with the API at ${host} port ${port ?? 'unsaid'} shows its service account`, t => {
    const environment = {
      KUBERNETES_SERVICE_HOST: host,
      ...(port === undefined ? {} : { KUBERNETES_SERVICE_PORT: port }),
    }
    const { url, ...files } = findApiServer({ namespaces: 'all' }, environment)
    t.is(url.href, href)
    t.deepEqual(files, {
      tokenFile: `${serviceAccount}/token`,
      caFile: `${serviceAccount}/ca.crt`,
    })
  })
}

test('a named API server gets no token but the one that is named', t => {
  const settings = { namespaces: 'all', server: 'https://api.example.org/k8s' } as const
  const found = findApiServer(settings, { KUBERNETES_SERVICE_HOST: '10.96.0.1' })
  t.is(found.url.href, 'https://api.example.org/k8s')
  t.is(found.tokenFile, undefined)
  t.is(found.caFile, undefined)
})

for (const environment of [{}, { KUBERNETES_SERVICE_HOST: '' }]) {
  test(`outside a pod it must be named: ${JSON.stringify(environment)}`, t => {
    const error = t.throws(() => findApiServer({ namespaces: 'all' }, environment), {
      instanceOf: ClusterError,
      code: 'not-in-a-cluster',
      message: 'this is no pod of a cluster: KUBERNETES_SERVICE_HOST is not set',
    })
    t.is(error.hint, 'Name the API server in cluster.server, or set policiesFrom: files.')
  })
}
