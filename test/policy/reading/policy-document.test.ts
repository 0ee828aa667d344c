import test from 'ava'
import { hasErrors, readAuthorizationPolicies, readPolicyFiles } from '../../../policy/index.js'
import { findings, head } from '../findings.js'

test('a policy is read into plain data with places', t => {
  const text = `${head}spec:
  selector:
    matchLabels:
      role: runtime
  action: DENY
  rules:
  - from:
    - source:
        notIpBlocks: [10.0.0.1]
        serviceAccounts:
        - web
        - applications/web
    to:
    - operation:
        paths: ["/a/{*}", /b*]
        ports: ["0443"]
    when:
    - key: request.headers[X-Tenant]
      values: [acme]
      notValues: [zed]
    - key: source.ip
      values: [10.0.0.0/8, 2001:db8::1]
`
    .replace('notPrincipals', 'notIpBlocks')
    .replace('["td/*", "*/a", "*", exact]', '[10.0.0.1]')
  const { policies, diagnostics } = readAuthorizationPolicies(text, 'p.yaml')
  t.deepEqual(diagnostics, [])
  const place = (line: number, column: number, length: number) => {
    return { file: 'p.yaml', line, column, endColumn: column + length }
  }
  const [policy] = policies
  t.like(policy, {
    name: 'token',
    namespace: 'curity',
    matchLabels: { role: 'runtime' },
    action: 'DENY',
    dryRun: false,
  })
  const [rule] = policy?.rules ?? []
  t.is(rule?.name, 'ns[curity]-policy[token]-rule[0]')
  t.deepEqual(rule?.from, [
    [
      {
        field: 'from[0].source.notIpBlocks',
        attribute: { kind: 'source-ip' },
        negated: true,
        patterns: [{ kind: 'address-range', address: '10.0.0.1', prefixLength: 32 }],
        place: place(14, 9, 11),
      },
      {
        field: 'from[0].source.serviceAccounts',
        attribute: { kind: 'service-account' },
        negated: false,
        patterns: [
          { kind: 'service-account', namespace: 'curity', serviceAccount: 'web' },
          { kind: 'service-account', namespace: 'applications', serviceAccount: 'web' },
        ],
        place: place(15, 9, 15),
      },
    ],
  ])
  t.deepEqual(rule?.to, [
    [
      {
        field: 'to[0].operation.paths',
        attribute: { kind: 'path' },
        negated: false,
        patterns: [
          { kind: 'template', source: '/a/{*}' },
          { kind: 'prefix', value: '/b' },
        ],
        place: place(20, 9, 5),
      },
      {
        field: 'to[0].operation.ports',
        attribute: { kind: 'destination-port' },
        negated: false,
        patterns: [{ kind: 'port', port: 443 }],
        place: place(21, 9, 5),
      },
    ],
  ])
  t.deepEqual(
    rule?.when.map(({ field, attribute, negated, patterns }) => {
      return { field, attribute, negated, patterns }
    }),
    [
      {
        field: 'when[0].values',
        attribute: { kind: 'header', name: 'x-tenant' },
        negated: false,
        patterns: [{ kind: 'exact', value: 'acme' }],
      },
      {
        field: 'when[0].notValues',
        attribute: { kind: 'header', name: 'x-tenant' },
        negated: true,
        patterns: [{ kind: 'exact', value: 'zed' }],
      },
      {
        field: 'when[1].values',
        attribute: { kind: 'source-ip' },
        negated: false,
        patterns: [
          { kind: 'address-range', address: '10.0.0.0', prefixLength: 8 },
          { kind: 'address-range', address: '2001:db8::1', prefixLength: 128 },
        ],
      },
    ],
  )
})

test('several documents and Lists of policies are read, in both versions', t => {
  const beta = head.replace('v1\n', 'v1beta1\n').replace('token', 'beta')
  const item = head.replace('token', 'listed').replaceAll('\n', '\n  ').trimEnd()
  const text = `${head}---\n${beta}---\napiVersion: v1\nkind: List\nitems:\n- ${item}\n`
  const { policies, diagnostics } = readAuthorizationPolicies(text, 'p.yaml')
  t.deepEqual(diagnostics, [])
  t.deepEqual(
    policies.map(({ name }) => name),
    ['token', 'beta', 'listed'],
  )
})

test('a List without items, or with other fields, is refused', t => {
  const list = 'apiVersion: v1\nkind: List\n'
  t.deepEqual(findings(list), ['SC0203 1:1 a List has no items. Add them, or remove the document.'])
  t.deepEqual(findings(`${list}item: []\nitems: [a]\n`), [
    'SC0202 3:1 a List has no field item. Did you mean items?',
    'SC0201 4:9 a document is not a resource. Write a mapping with kind.',
  ])
})

test('a good policy is read although another in the file is broken', t => {
  const { policies, diagnostics } = readAuthorizationPolicies(
    `${head}---\n${head.replace('token', 'broken')}spec: {rule: []}\n`,
    'p.yaml',
  )
  t.deepEqual(
    policies.map(({ name }) => name),
    ['token'],
  )
  t.true(hasErrors(diagnostics))
})

test('what a cluster adds to a resource is passed over', t => {
  const text = `${head}  uid: 1b2c
  resourceVersion: "7"
  creationTimestamp: 2026-01-01T00:00:00Z
  managedFields: [{manager: kubectl}]
  labels: {app: x}
  annotations: {note: "x"}
status: {conditions: [{type: Ready}]}
spec: {}
`
  t.deepEqual(findings(text), [])
})

const elsewhere = ['', 'kind: Deployment\n', '- a\n', 'just text\n']

test('what is no AuthorizationPolicy is refused', t => {
  t.deepEqual(
    elsewhere.flatMap(text => findings(text)),
    [
      'SC0003 1:1 the file is empty. Write an AuthorizationPolicy, or do not name the file.',
      'SC0201 1:7 a document has the kind Deployment, not an AuthorizationPolicy. Keep other resources in other files.',
      'SC0201 1:1 a document is not a resource. Write a mapping with kind.',
      'SC0201 1:1 a document is not a resource. Write a mapping with kind.',
    ],
  )
  t.deepEqual(findings(head.replace('AuthorizationPolicy', 'AuthorisationPolicy')), [
    'SC0201 2:7 a document has the kind AuthorisationPolicy, not an AuthorizationPolicy. Did you mean AuthorizationPolicy?',
  ])
  t.deepEqual(findings(head.replace('v1', 'v1alpha1')), [
    'SC0201 1:13 the apiVersion security.istio.io/v1alpha1 has no AuthorizationPolicy. Write security.istio.io/v1 or security.istio.io/v1beta1.',
  ])
  t.deepEqual(findings(head.replace(/^.*\n/, '')), [
    'SC0201 1:1 the AuthorizationPolicy has no apiVersion. Write security.istio.io/v1 or security.istio.io/v1beta1.',
  ])
})

test('two policies of one name in one namespace are refused, wherever they stand', t => {
  const files = [
    { file: 'a.yaml', text: `# one\n${head}` },
    { file: 'b.yaml', text: `${head.replace(': curity', ': other')}---\n${head}` },
  ]
  const { policies, diagnostics } = readPolicyFiles(files)
  t.is(policies.length, 3)
  t.deepEqual(diagnostics, [
    {
      code: 'SC0206',
      severity: 'error',
      message: 'the policy curity/token stands already in a.yaml, line 2',
      hint: 'Rename one of them.',
      place: { file: 'b.yaml', line: 7, column: 1 },
    },
  ])
})
