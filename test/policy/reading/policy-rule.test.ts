import test from 'ava'
import fc from 'fast-check'
import { hasErrors, readAuthorizationPolicies } from '../../../policy/index.js'
import { findings, head } from '../findings.js'

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
  'from: [{source: {serviceAccounts: [a], principals: []}}]':
    'SC0204 spec.rules[0].from[0].source has both serviceAccounts and principals. Ask for identities in one of the two ways.',
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
    'SC0204 spec.rules[0].when[0] has no key. It takes source.ip, remote.ip, source.namespace, source.serviceAccount, source.principal, source.trustDomain, destination.ip, destination.port, connection.sni, request.headers[NAME].',
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
