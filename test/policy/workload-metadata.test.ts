import test from 'ava'
import { labelsKey, namespaceKey, requestedWorkload, workloadMetadata } from '../../policy/index.js'

const fallback = { namespace: 'curity', labels: { role: 'curity-idsvr-runtime' } }

function workloadOf(metadata: Record<string, readonly string[]>) {
  return requestedWorkload(key => metadata[key] ?? [], fallback)
}

test('a filter that says nothing means the configured workload', t => {
  t.deepEqual(workloadOf({}), fallback)
})

test('the namespace and the labels of the metadata name the workload', t => {
  t.deepEqual(
    workloadOf({
      [namespaceKey]: ['applications'],
      [labelsKey]: ['app=orders,app.kubernetes.io/part-of=shop,canary='],
    }),
    {
      namespace: 'applications',
      labels: { app: 'orders', 'app.kubernetes.io/part-of': 'shop', canary: '' },
    },
  )
})

test('a workload without labels is a workload', t => {
  t.deepEqual(workloadOf({ [namespaceKey]: ['a'] }), { namespace: 'a', labels: {} })
  t.deepEqual(workloadOf({ [namespaceKey]: ['a'], [labelsKey]: [''] }), {
    namespace: 'a',
    labels: {},
  })
})

for (const [what, metadata] of [
  ['labels without a namespace', { [labelsKey]: ['a=b'] }],
  ['two namespaces', { [namespaceKey]: ['a', 'b'] }],
  ['an empty namespace', { [namespaceKey]: [''] }],
  ['a namespace in upper case', { [namespaceKey]: ['Curity'] }],
  ['a namespace longer than 63 characters', { [namespaceKey]: ['a'.repeat(64)] }],
  ['two label lists', { [namespaceKey]: ['a'], [labelsKey]: ['a=b', 'c=d'] }],
  ['a label without a value sign', { [namespaceKey]: ['a'], [labelsKey]: ['a'] }],
  ['a label with two value signs', { [namespaceKey]: ['a'], [labelsKey]: ['a=b=c'] }],
  ['a label twice', { [namespaceKey]: ['a'], [labelsKey]: ['a=b,a=c'] }],
  ['an empty pair', { [namespaceKey]: ['a'], [labelsKey]: ['a=b,'] }],
  ['a space', { [namespaceKey]: ['a'], [labelsKey]: ['a=b, c=d'] }],
] as const) {
  test(`${what} in the metadata leaves the workload unknown`, t => {
    t.is(workloadOf(metadata as Record<string, readonly string[]>), undefined)
  })
}

test('a label named __proto__ is refused rather than set on the prototype', t => {
  t.is(workloadOf({ [namespaceKey]: ['a'], [labelsKey]: ['__proto__=b'] }), undefined)
})

test('what the filter sends is what the service reads', t => {
  const workload = {
    namespace: 'curity',
    labels: { role: 'curity-idsvr-runtime', 'app.kubernetes.io/name': 'idsvr', canary: '' },
  }
  const sent = workloadMetadata(workload)
  t.deepEqual(
    workloadOf(Object.fromEntries(sent.map(({ key, value }) => [key, [value]]))),
    workload,
  )
})
