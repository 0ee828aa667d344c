import test from 'ava'
import { parse } from 'yaml'
import { impliedPolicies, readConfiguration } from '../../config/index.js'
import { readPolicyFiles } from '../../policy/index.js'

function implied(text: string) {
  const { configuration } = readConfiguration(text, 'c.yaml')
  if (configuration === undefined) throw new Error('the configuration of the test is refused')
  return impliedPolicies(configuration)
}

test('clients and APIs may call the OAuth endpoints, gateways every path', t => {
  const source = implied(`trustDomain: curitydemo
gateways: [{workload: istio-system/gateway}]
clients: [{clientId: w, workload: applications/mywebsite}]
apis: [{workload: applications/orders}, {workload: applications/mywebsite}]
`)
  t.is(source?.file, 'c.yaml#callers')
  t.deepEqual(parse(source?.text ?? ''), {
    apiVersion: 'security.istio.io/v1',
    kind: 'AuthorizationPolicy',
    metadata: { name: 'sidecert-callers', namespace: 'curity' },
    spec: {
      selector: { matchLabels: { role: 'curity-idsvr-runtime' } },
      action: 'ALLOW',
      rules: [
        {
          from: [
            {
              source: {
                principals: [
                  'curitydemo/ns/applications/sa/mywebsite',
                  'curitydemo/ns/applications/sa/orders',
                ],
              },
            },
          ],
          to: [{ operation: { paths: ['/oauth/v2/*'] } }],
        },
        { from: [{ source: { principals: ['curitydemo/ns/istio-system/sa/gateway'] } }] },
      ],
    },
  })
})

test('without callers nothing is implied', t => {
  t.is(implied('trustDomain: curitydemo'), undefined)
})

test('paths of sidecert.yaml replace those of the product', t => {
  const source = implied(
    'apis: [{workload: a/b}]\nauthorizationServer: {product: custom, paths: [/token, /jwks]}',
  )
  t.deepEqual(parse(source?.text ?? '').spec.rules[0].to, [
    { operation: { paths: ['/token', '/jwks'] } },
  ])
})

test('names that YAML 1.1 takes for something else are still read as names', t => {
  const source = implied(
    'apis: [{workload: "on/yes"}]\nauthorizationServer: {namespace: "off", labels: {"y": "1_0"}}',
  )
  const { policies, diagnostics } = readPolicyFiles(source === undefined ? [] : [source])
  t.deepEqual(diagnostics, [])
  t.like(policies, { length: 1, 0: { namespace: 'off', matchLabels: { y: '1_0' } } })
})
