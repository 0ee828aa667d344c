import test from 'ava'
import fc from 'fast-check'
import { hasErrors, readAuthorizationPolicies, readPolicyFiles } from '../../policy/index.js'

/** What is said about a text: code, place, message and mend, a line each. */
function findings(text: string, defaultNamespace?: string): readonly string[] {
  const options = defaultNamespace === undefined ? {} : { defaultNamespace }
  const { policies, diagnostics } = readAuthorizationPolicies(text, 'p.yaml', options)
  if (hasErrors(diagnostics) && policies.length > 0) throw new Error('a broken policy was read')
  return diagnostics.map(({ code, message, hint, place }) => {
    return `${code} ${place?.line}:${place?.column} ${message}. ${hint}`
  })
}

const head = `apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata:
  name: token
  namespace: curity
`

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

/** Specs on line 6 of a policy, in YAML's flow style, and the one finding each has. */
const specs: Readonly<Record<string, string>> = {
  '[a]':
    'SC0203 6:7 spec must be a mapping, not a list. It takes selector, targetRef, targetRefs, rules, action, provider.',
  '{rule: []}': 'SC0202 6:8 spec has no field rule. Did you mean rules?',
  '{from: []}': 'SC0202 6:8 spec has no field from. Put it under rules[].',
  '{zzz: 1}':
    'SC0202 6:8 spec has no field zzz. It takes selector, targetRef, targetRefs, rules, action, provider.',
  '{action: allow}': 'SC0203 6:16 spec.action is not an action: allow. Did you mean ALLOW?',
  '{action: LOG}':
    'SC0203 6:16 spec.action is not an action: LOG. It takes ALLOW, DENY, AUDIT, CUSTOM.',
  '{action: CUSTOM, provider: {name: x}, rules: [{}]}':
    'SC0205 6:16 spec.action is CUSTOM, which hands the request to a service of its own. Leave this policy to Istio: take it out here.',
  '{provider: {name: x}}':
    'SC0204 6:8 spec.provider stands in a policy whose action is not CUSTOM. Remove it.',
  '{action: DENY}':
    'SC0204 6:7 a DENY policy without rules never denies. Write "rules: [{}]" to deny everything, or remove the policy.',
  '{action: DENY, rules: []}':
    'SC0204 6:29 a DENY policy without rules never denies. Write "rules: [{}]" to deny everything, or remove the policy.',
  '{targetRefs: [{kind: Gateway, name: g}]}':
    'SC0205 6:8 spec.targetRefs attaches the policy to a gateway, a waypoint or a service. Sidecars ignore such a policy. Use spec.selector, or take the policy out here.',
  '{targetRef: {kind: Gateway, name: g}}':
    'SC0205 6:8 spec.targetRef attaches the policy to a gateway, a waypoint or a service. Sidecars ignore such a policy. Use spec.selector, or take the policy out here.',
  '{selector: {matchExpressions: []}}':
    'SC0202 6:19 spec.selector has no field matchExpressions. It takes matchLabels.',
  '{selector: {matchLabel: {}}}':
    'SC0202 6:19 spec.selector has no field matchLabel. Did you mean matchLabels?',
  '{selector: {matchLabels: [a]}}':
    'SC0203 6:19 spec.selector.matchLabels must be a mapping. Write LABEL: VALUE.',
  '{selector: {matchLabels: {app: "a*"}}}':
    'SC0204 6:33 spec.selector.matchLabels has a wildcard: app: a*. Write whole labels of the workload.',
  '{selector: {matchLabels: {"": a}}}':
    'SC0204 6:33 spec.selector.matchLabels has an empty key. Write whole labels of the workload.',
  '{selector: {matchLabels: {version: 1}}}':
    'SC0203 6:42 spec.selector.matchLabels.version must be a string, not the number 1. Put it in quotes: "1".',
  '{rules: {}}':
    'SC0203 6:15 spec.rules must be a list, not a mapping. Start each item with "- ", or write it in [ ].',
  '{rules: [null]}':
    'SC0203 6:16 spec.rules[0] must be a mapping, not empty. It takes from, to, when.',
  '{rules: [{form: []}]}': 'SC0202 6:17 spec.rules[0] has no field form. Did you mean from?',
  '{rules: [{principals: []}]}':
    'SC0202 6:17 spec.rules[0] has no field principals. Put it under from[].source.',
}

/** Items of `from`, `to` and `when`, and the one finding each has. */
const items: Readonly<Record<string, string>> = {
  'from: [{}]': 'SC0204 spec.rules[0].from[0] has no source. Add one, or remove the item.',
  'from: [{source: null}]':
    'SC0204 spec.rules[0].from[0] has no source. Add one, or remove the item.',
  'from: [{principals: [a]}]':
    'SC0202 spec.rules[0].from[0] has no field principals. Put it under source.',
  'from: [{source: {}}]':
    'SC0204 spec.rules[0].from[0].source asks for nothing. Ask for something, or remove from to mean any.',
  'from: [{source: {principals: []}}]':
    'SC0204 spec.rules[0].from[0].source asks for nothing. Ask for something, or remove from to mean any.',
  'from: [{source: {princpals: [a], ipBlocks: [1.2.3.4]}}]':
    'SC0202 spec.rules[0].from[0].source has no field princpals. Did you mean principals?',
  'from: [{source: {not_principals: [a], ipBlocks: [1.2.3.4]}}]':
    'SC0202 spec.rules[0].from[0].source has no field not_principals. Did you mean notPrincipals?',
  'from: [{source: {principals: a}}]':
    'SC0203 spec.rules[0].from[0].source.principals must be a list, not a string. Start each item with "- ", or write it in [ ].',
  'from: [{source: {principals: [""]}}]':
    'SC0204 spec.rules[0].from[0].source.principals[0] is empty. Remove it, or write * for any.',
  'from: [{source: {notNamespaces: [a, ""]}}]':
    'SC0204 spec.rules[0].from[0].source.notNamespaces[1] is empty. Remove it, or write * for any.',
  'from: [{source: {principals: [null]}}]':
    'SC0203 spec.rules[0].from[0].source.principals[0] must be a string, not empty. Put it in quotes: "null".',
  'from: [{source: {principals: [on]}}]':
    'SC0203 spec.rules[0].from[0].source.principals[0] must be a string, not on, which Kubernetes does not read as one without quotes. Put it in quotes: "on".',
  'from: [{source: {principals: [[a]]}}]':
    'SC0203 spec.rules[0].from[0].source.principals[0] must be a string, not a list. Write a string.',
  'from: [{source: {principals: [a], serviceAccounts: [a]}}]':
    'SC0204 spec.rules[0].from[0].source has both serviceAccounts and principals. Ask for identities in one of the two ways.',
  'from: [{source: {notNamespaces: [a], notServiceAccounts: [a]}}]':
    'SC0204 spec.rules[0].from[0].source has both notServiceAccounts and notNamespaces. Ask for identities in one of the two ways.',
  'from: [{source: {serviceAccounts: ["a*"]}}]':
    'SC0204 spec.rules[0].from[0].source.serviceAccounts[0]: a* has a wildcard, which a service account may not. Name each service account.',
  'from: [{source: {serviceAccounts: [a/b/c]}}]':
    'SC0204 spec.rules[0].from[0].source.serviceAccounts[0]: a/b/c is not a service account. Write NAMESPACE/SERVICE-ACCOUNT.',
  'from: [{source: {serviceAccounts: [/a]}}]':
    'SC0204 spec.rules[0].from[0].source.serviceAccounts[0]: /a is not a service account. Write NAMESPACE/SERVICE-ACCOUNT.',
  'from: [{source: {trustDomains: [a/b]}}]':
    'SC0204 spec.rules[0].from[0].source.trustDomains[0]: a/b has a slash, which a trust domain may not. Write the trust domain alone.',
  'from: [{source: {trustDomains: ["a*b"]}}]':
    'SC0204 spec.rules[0].from[0].source.trustDomains[0]: a*b has a wildcard elsewhere than at one end. Write *SUFFIX, PREFIX* or *.',
  'from: [{source: {notTrustDomains: ["*a*"]}}]':
    'SC0204 spec.rules[0].from[0].source.notTrustDomains[0]: *a* has a wildcard elsewhere than at one end. Write *SUFFIX, PREFIX* or *.',
  'from: [{source: {ipBlocks: [10.0.0.0/33]}}]':
    'SC0204 spec.rules[0].from[0].source.ipBlocks[0]: 10.0.0.0/33 is neither an IP address nor a range. Write it like 10.0.0.1, 10.0.0.0/8 or 2001:db8::/32.',
  'from: [{source: {requestPrincipals: ["*"]}}]':
    'SC0205 spec.rules[0].from[0].source.requestPrincipals asks for the claims of a token, which a check request does not carry. Keep this rule in a policy of its own that Istio enforces, and take it out here.',
  'from: [{source: {notRequestPrincipals: [a], principals: [b]}}]':
    'SC0205 spec.rules[0].from[0].source.notRequestPrincipals asks for the claims of a token, which a check request does not carry. Keep this rule in a policy of its own that Istio enforces, and take it out here.',
  'to: [{}]': 'SC0204 spec.rules[0].to[0] has no operation. Add one, or remove the item.',
  'to: [{operation: {}}]':
    'SC0204 spec.rules[0].to[0].operation asks for nothing. Ask for something, or remove to to mean any.',
  'to: [{operation: {path: [/a], methods: [GET]}}]':
    'SC0202 spec.rules[0].to[0].operation has no field path. Did you mean paths?',
  'to: [{operation: {ports: ["84*"]}}]':
    'SC0204 spec.rules[0].to[0].operation.ports[0]: 84* is not a port. Write a number from 0 to 65535, in quotes.',
  'to: [{operation: {ports: ["65536"]}}]':
    'SC0204 spec.rules[0].to[0].operation.ports[0]: 65536 is not a port. Write a number from 0 to 65535, in quotes.',
  'to: [{operation: {ports: [443]}}]':
    'SC0203 spec.rules[0].to[0].operation.ports[0] must be a string, not the number 443. Put it in quotes: "443".',
  'to: [{operation: {paths: ["/a/{id}"]}}]':
    'SC0204 spec.rules[0].to[0].operation.paths[0]: /a/{id} is not a path: braces may stand only in a segment that is {*} or {**} as a whole. Write it like /orders/{*}/lines or /orders/*.',
  'to: [{operation: {paths: ["/{**}/{*}"]}}]':
    'SC0204 spec.rules[0].to[0].operation.paths[0]: /{**}/{*} is not a path: no operator may follow {**}. Write it like /orders/{*}/lines or /orders/*.',
  'to: [{operation: {notPaths: ["/a*/{*}"]}}]':
    'SC0204 spec.rules[0].to[0].operation.notPaths[0]: /a*/{*} is not a path: the segment a* of a template holds a character that no path segment may hold. Write it like /orders/{*}/lines or /orders/*.',
  'to: [{operation: {paths: ["{*}"]}}]':
    'SC0204 spec.rules[0].to[0].operation.paths[0]: {*} is not a path: Envoy refuses a template that does not start with one slash or that ends in several. Write it like /orders/{*}/lines or /orders/*.',
  'when: [{values: [a]}]':
    'SC0204 spec.rules[0].when[0] has no key. It takes source.ip, remote.ip, source.namespace, source.serviceAccount, source.principal, source.trustDomain, request.auth.principal, request.auth.audiences, request.auth.presenter, destination.ip, destination.port, connection.sni, request.headers[NAME].',
  'when: [{key: source.ip}]':
    'SC0204 spec.rules[0].when[0] has neither values nor notValues. Add one of them, with at least one value.',
  'when: [{key: source.ip, values: []}]':
    'SC0204 spec.rules[0].when[0] has neither values nor notValues. Add one of them, with at least one value.',
  'when: [{key: source.principals, values: [a]}]':
    'SC0204 spec.rules[0].when[0].key: source.principals is not a key that a condition may have. Did you mean source.principal?',
  'when: [{key: "destination.labels[app]", values: [a]}]':
    'SC0204 spec.rules[0].when[0].key: destination.labels[app] is not a key of a condition. Use spec.selector.matchLabels.',
  'when: [{key: destination.namespace, values: [a]}]':
    "SC0204 spec.rules[0].when[0].key: destination.namespace is not a key of a condition. Set the policy's metadata.namespace.",
  'when: [{key: request.headers, values: [a]}]':
    'SC0204 spec.rules[0].when[0].key: request.headers does not name a header. Write it like request.headers[x-tenant].',
  'when: [{key: "request.headers[]", values: [a]}]':
    'SC0204 spec.rules[0].when[0].key: request.headers[] does not name a header. Write it like request.headers[x-tenant].',
  'when: [{key: "request.auth.claims[iss]", values: [a]}]':
    'SC0205 spec.rules[0].when[0].key: request.auth.claims[iss] asks for the claims of a token, which a check request does not carry. Keep this rule in a policy of its own that Istio enforces, and take it out here.',
  'when: [{key: "experimental.envoy.filters.a[b]", values: [a]}]':
    'SC0205 spec.rules[0].when[0].key: experimental.envoy.filters.a[b] asks for the metadata of an Envoy filter, which a check request does not carry. Keep this rule in a policy of its own that Istio enforces, and take it out here.',
  'when: [{key: "request.headers[a]", values: [""]}]':
    'SC0204 spec.rules[0].when[0].values[0] is empty. Remove it, or write * for any.',
  'when: [{key: source.ip, value: [a], values: [1.2.3.4]}]':
    'SC0202 spec.rules[0].when[0] has no field value. Did you mean values?',
}

for (const [spec, expected] of Object.entries(specs)) {
  test(`the spec ${spec} is refused`, t => {
    t.deepEqual(findings(`${head}spec: ${spec}\n`), [expected])
  })
}

for (const [fields, expected] of Object.entries(items)) {
  test(`a rule with ${fields} is refused`, t => {
    const found = findings(`${head}spec:\n  rules:\n  - ${fields}\n`)
    t.true(found.every(text => / 8:\d+ /.test(text)))
    t.is(found.map(text => text.replace(/ 8:\d+/, '')).join(' / '), expected)
  })
}

test('a long list is refused where it gets too long', t => {
  const accounts = Array.from({ length: 17 }, (_, index) => `a${index}`)
  t.deepEqual(
    findings(`${head}spec: {rules: [{from: [{source: {serviceAccounts: [${accounts}]}}]}]}\n`),
    [
      'SC0204 6:106 spec.rules[0].from[0].source.serviceAccounts has more than 16 values. Split the rule.',
    ],
  )
  const rules = Array.from({ length: 513 }, () => '{}')
  t.deepEqual(findings(`${head}spec: {rules: [${rules}]}\n`), [
    'SC0204 6:1552 spec.rules has more than 512 items. Split the policy.',
  ])
  const sources = Array.from({ length: 513 }, () => '{source: {ipBlocks: [1.2.3.4]}}')
  t.deepEqual(findings(`${head}spec:\n  rules:\n  - from:\n    - ${sources.join('\n    - ')}\n`), [
    'SC0204 521:7 spec.rules[0].from has more than 512 items. Split the rule.',
  ])
})

test('every finding of a policy is told, not the first alone', t => {
  const found = findings(
    `${head}spec: {actoin: DENY, rules: [{from: [{source: {ipBlocks: [x, z]}}]}]}\n`,
  )
  t.deepEqual(
    found.map(text => text.slice(0, 6)),
    ['SC0202', 'SC0204', 'SC0204'],
  )
})

test('values that can never match are warned of, and the policy is read', t => {
  const text = `${head}spec:
  rules:
  - from: [{source: {principals: ["spiffe://td/ns/a/sa/b"]}}]
    to: [{operation: {paths: ["admin*"], methods: [get]}}]
    when: [{key: "request.headers[x y]", notValues: [a]}]
`
  t.deepEqual(findings(text), [
    'SC0208 8:35 spec.rules[0].from[0].source.principals[0]: spiffe://td/ns/a/sa/b never matches: identities are written without the scheme. Remove spiffe://.',
    'SC0208 9:31 spec.rules[0].to[0].operation.paths[0]: admin* never matches: a path starts with a slash. Write the slash.',
    'SC0208 9:52 spec.rules[0].to[0].operation.methods[0]: get never matches: methods are in upper case. Write the method in upper case.',
    'SC0208 10:18 spec.rules[0].when[0].key: no header is named x y. Write the name alone between the brackets.',
  ])
  t.is(readAuthorizationPolicies(text, 'p.yaml').policies.length, 1)
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

test('no value of any field makes the reader throw', t => {
  const field = fc.constantFrom(
    'principals',
    'serviceAccounts',
    'trustDomains',
    'ipBlocks',
    'paths',
  )
  const value = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string({ unit: fc.constantFrom('/', '{*}', '{**}', '*', ':', '.', '1', 'a', '%', '') }),
    fc.jsonValue(),
  )
  fc.assert(
    fc.property(field, value, (name, content) => {
      const inner = JSON.stringify({ [name]: [content] })
      const wrapper = name === 'paths' ? ['to', 'operation'] : ['from', 'source']
      const text = `${head}spec: {rules: [{${wrapper[0]}: [{${wrapper[1]}: ${inner}}]}]}\n`
      const { policies, diagnostics } = readAuthorizationPolicies(text, 'p.yaml')
      t.is(policies.length, hasErrors(diagnostics) ? 0 : 1)
    }),
  )
})
