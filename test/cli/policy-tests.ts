/** A policy of one rule: everybody may call a path. */
export const policy = (path: string) => `apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: p, namespace: curity}
spec: {rules: [{to: [{operation: {paths: [${path}]}}]}]}
`
/** The name of its rule. */
export const rule = 'ns[curity]-policy[p]-rule[0]'
/** A configuration with that policy and two cases that pass. */
export const files = {
  'sidecert.yaml': 'policies: [policy.yaml]\n',
  'policy.yaml': policy('/a'),
  'a.test.yaml': `cases:
  - {name: a is open, request: {identity: none, path: /a}, expect: {verdict: allow, rule: "${rule}"}}
  - {name: b is not, request: {identity: none, path: /b}, expect: deny}
`,
}
/** The same with two cases more, of which one fails. */
export const failing = {
  ...files,
  'b.test.yml': `cases:
  - {name: fine, request: {identity: none, path: /b}, expect: deny}
  - name: b is open
    request: {identity: none, path: /b}
    expect: allow
`,
}
