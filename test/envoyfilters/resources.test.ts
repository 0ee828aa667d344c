import test from 'ava'
import { plainValue, readYamlDocuments } from '../../policy/index.js'
import { goldenCases, readExpected } from './golden-case.js'
import { type Resource, unknownFields } from './service/strict-schema.js'

/**
 * Values of Helm charts, settings and patches, which no API server reads, and the policies that are
 * the input: those may have fields that are newer than the schema.
 */
const valuesOnly =
  /\/(1-cluster|2-service-mesh|policies)\/|\/values\.yaml$|\/pod-template\.yaml$|^envoy\//

function resources(name: string): readonly { readonly path: string; readonly item: Resource }[] {
  return readExpected(name)
    .filter(({ path }) => path.endsWith('.yaml') && !valuesOnly.test(path))
    .flatMap(({ path, content }) =>
      readYamlDocuments(content, path).documents.map(document => ({
        path,
        item: plainValue(document) as Resource,
      })),
    )
}

for (const name of goldenCases) {
  test(`every resource of the case ${name} has the fields of its schema and no other`, t => {
    const all = resources(name)
    for (const { path, item } of all) {
      t.deepEqual(unknownFields(item), [], `${path}: ${item.kind}`)
    }
    t.is(
      all.length > 0,
      readExpected(name).some(({ path }) => path.startsWith('istio/')),
    )
  })

  test(`no two resources of the case ${name} have one name`, t => {
    const names = resources(name)
      .filter(({ path }) => !path.endsWith('/envoyfilter.yaml'))
      .map(({ item: { kind, metadata } }) => `${kind} ${metadata.namespace}/${metadata.name}`)
    t.deepEqual(names, [...new Set(names)])
  })
}

test('the schemas know every kind that is generated, and find a misspelt key in each', t => {
  const kinds = new Set<string>()
  for (const { item } of goldenCases.flatMap(resources)) {
    kinds.add(item.kind)
    if (item.spec === undefined) continue
    t.notDeepEqual(unknownFields({ ...item, spec: { ...item.spec, slector: {} } }), [], item.kind)
  }
  t.deepEqual([...kinds].sort(), [
    'AuthorizationPolicy',
    'Deployment',
    'DestinationRule',
    'EnvoyFilter',
    'Gateway',
    'Ingress',
    'Namespace',
    'PeerAuthentication',
    'Service',
    'ServiceAccount',
    'VirtualService',
  ])
})
