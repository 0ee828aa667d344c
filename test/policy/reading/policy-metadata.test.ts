import test from 'ava'
import { readAuthorizationPolicies } from '../../../policy/index.js'
import { findings, head } from '../findings.js'

test('a policy without a namespace is refused unless one is given', t => {
  const text = head.replace('  namespace: curity\n', '')
  t.deepEqual(findings(text), [
    'SC0203 4:3 metadata has no namespace. Add it: a policy without one would go where kubectl happens to point.',
  ])
  t.is(
    readAuthorizationPolicies(text, 'p.yaml', { defaultNamespace: 'apps' }).policies[0]?.namespace,
    'apps',
  )
})

const metadata: Readonly<Record<string, string>> = {
  'name: Token':
    'SC0203 3:18 metadata.name is not a name: Token. Write lower-case letters, digits, dashes and dots.',
  'name: a..b':
    'SC0203 3:18 metadata.name is not a name: a..b. Write lower-case letters, digits, dashes and dots.',
  'name: 7': 'SC0203 3:18 metadata.name must be a string, not the number 7. Put it in quotes: "7".',
  'namespace: web, labels: {}': 'SC0203 3:11 metadata has no name. Name the policy.',
  'name: a, namespace: a.b':
    'SC0203 3:32 metadata.namespace is not a name: a.b. Write lower-case letters, digits and dashes, at most 63.',
  'name: a, nmae: b': 'SC0202 3:21 metadata has no field nmae. Did you mean name?',
  'name: a, annotations: {istio.io/dry-run: "maybe"}':
    'SC0204 3:35 the annotation istio.io/dry-run is neither true nor false: maybe. Write "true" or "false".',
  'name: a, annotations: {istio.io/dry-run: true}':
    'SC0203 3:53 metadata.annotations.istio.io/dry-run must be a string, not the boolean true. Put it in quotes: "true".',
  'name: a, annotations: [x]':
    'SC0203 3:21 metadata.annotations must be a mapping. Write KEY: "VALUE".',
  'name: a, annotations: {internal.istio.io/parents: x}':
    "SC0204 3:35 the annotation internal.istio.io/parents is Istio's own. Remove it.",
}

for (const [fields, expected] of Object.entries(metadata)) {
  test(`metadata with ${fields} is refused`, t => {
    const text = head.replace(/metadata:[\s\S]*$/, `metadata: {${fields}}\n`)
    t.deepEqual(findings(text, 'curity'), [expected])
  })
}

test('a resource without metadata is refused', t => {
  t.deepEqual(findings(head.replace(/metadata:[\s\S]*$/, '')), [
    'SC0203 1:1 the AuthorizationPolicy has no metadata. Add metadata with a name and a namespace.',
  ])
  t.deepEqual(findings(head.replace(/metadata:[\s\S]*$/, 'metadata: x\n')), [
    'SC0203 3:11 metadata must be a mapping, not a string. It takes name, namespace, annotations, labels, creationTimestamp, deletionGracePeriodSeconds, deletionTimestamp, finalizers, generateName, generation, managedFields, ownerReferences, resourceVersion, selfLink, uid.',
  ])
})

test('dry run is what Go takes for true, on ALLOW and DENY only', t => {
  const dryRun = (value: string, action: string) => {
    const text = `${head}  annotations: {istio.io/dry-run: "${value}"}\nspec: {action: ${action}, rules: [{}]}\n`
    const { policies, diagnostics } = readAuthorizationPolicies(text, 'p.yaml')
    return policies[0]?.dryRun ?? diagnostics[0]?.message
  }
  for (const value of ['1', 't', 'T', 'TRUE', 'true', 'True']) t.is(dryRun(value, 'DENY'), true)
  for (const value of ['0', 'f', 'F', 'FALSE', 'false', 'False'])
    t.is(dryRun(value, 'ALLOW'), false)
  for (const value of ['', 'yes', 'tRUE', ' true']) {
    t.is(
      dryRun(value, 'ALLOW'),
      `the annotation istio.io/dry-run is neither true nor false: ${value}`,
    )
  }
  t.is(dryRun('false', 'AUDIT'), 'an AUDIT policy has the annotation istio.io/dry-run')
})
