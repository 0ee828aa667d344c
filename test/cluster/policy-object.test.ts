import test from 'ava'
import fc from 'fast-check'
import { ClusterError } from '../../cluster/index.js'
import { policyObject } from '../../cluster/policy-object.js'
import { plainValue, readAuthorizationPolicies, readYamlDocuments } from '../../policy/index.js'

const metadata = { name: 'token', namespace: 'curity', resourceVersion: '7' }

test('what the API notes on a policy and what clients keep in it has no part in its text', t => {
  const plain = policyObject({ metadata, spec: { action: 'DENY', rules: [{}] } })
  const noted = policyObject({
    apiVersion: 'security.istio.io/v1',
    kind: 'AuthorizationPolicy',
    metadata: {
      ...metadata,
      resourceVersion: '8',
      uid: 'x',
      generation: 3,
      managedFields: [{ manager: 'kubectl' }],
      annotations: { 'kubectl.kubernetes.io/last-applied-configuration': '{}' },
    },
    spec: { rules: [{}], action: 'DENY' },
    status: { conditions: [] },
  })
  t.is(noted.text, plain.text)
  t.is(noted.file, 'cluster:curity/token')
  t.is(noted.resourceVersion, '8')
})

test('annotations that mean something stay', t => {
  const annotations = { 'istio.io/dry-run': 'true' }
  const { text, file } = policyObject({ metadata: { ...metadata, annotations }, spec: {} })
  const { policies, diagnostics } = readAuthorizationPolicies(text, file)
  t.deepEqual(diagnostics, [])
  t.like(policies, { length: 1, 0: { name: 'token', namespace: 'curity', dryRun: true } })
})

test('an unknown field reaches the reader, which refuses it by object and field', t => {
  const { text, file } = policyObject({ metadata, spec: { rules: [{ form: [] }] } })
  t.like(readAuthorizationPolicies(text, file).diagnostics, {
    length: 1,
    0: { code: 'SC0202', place: { file: 'cluster:curity/token' } },
  })
})

test('the text says the same as the object, whatever stands in it', t => {
  const hostile = fc.constantFrom('yes', 'null', '1e3', '~', '---', '*a', '<<', '', '#', 'a: b')
  const text = fc.oneof(hostile, fc.string(), fc.string({ unit: 'binary' }))
  const value = fc.letrec(tie => ({
    any: fc.oneof(
      { depthSize: 'small' },
      text,
      fc.boolean(),
      fc.integer(),
      fc.constant(null),
      fc.array(tie('any'), { maxLength: 4 }),
      fc.dictionary(
        text.filter(key => key !== '__proto__'),
        tie('any'),
        { maxKeys: 4, noNullPrototype: true },
      ),
    ),
  })).any
  fc.assert(
    fc.property(value, spec => {
      const given = JSON.parse(JSON.stringify(spec))
      const { text, file } = policyObject({ metadata, spec: given })
      const { documents, diagnostics } = readYamlDocuments(text, file)
      const [document] = documents
      t.deepEqual(diagnostics, [], text)
      const read = plainValue(document as NonNullable<typeof document>) as { spec: unknown }
      t.deepEqual(read.spec, given, text)
    }),
    { numRuns: 1000 },
  )
})

for (const [what, value, message] of [
  ['nothing', null, 'an item from the API server is not an object'],
  ['a list', [], 'an item from the API server is not an object'],
  ['an object without metadata', {}, 'metadata from the API server is not an object'],
  [
    'an object without a name',
    { metadata: { namespace: 'a', resourceVersion: '1' } },
    'the API server gave a policy without name or namespace',
  ],
  [
    'an object of another kind',
    { kind: 'Pod', metadata },
    'the API server gave an object of kind Pod for an AuthorizationPolicy',
  ],
  [
    'an object without resourceVersion',
    { metadata: { name: 'a', namespace: 'b' } },
    'the API server gave an object without resourceVersion',
  ],
] as const) {
  test(`${what} is no policy`, t => {
    t.throws(() => policyObject(value), { instanceOf: ClusterError, code: 'malformed', message })
  })
}
