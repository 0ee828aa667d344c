import test from 'ava'
import { fileOf, generated } from '../generated-case.js'

/** What cannot work, with what is said of it and the nearest thing that does. */
const refusals: readonly {
  readonly what: string
  readonly text: string
  readonly code: string
  readonly message: RegExp
  readonly hint: RegExp
}[] = [
  {
    what: 'an ambient mesh without sidecars',
    text: 'mesh: {mode: ambient}',
    code: 'SC0303',
    message: /no HTTP filter stands between client and server/,
    hint: /curity\.mutualTls to direct/,
  },
  {
    what: 'an ambient mesh in front of another product',
    text: 'mesh: {mode: ambient}\nauthorizationServer: {product: keycloak}',
    code: 'SC0303',
    message: /ztunnel passes on bytes/,
    hint: /Let the server end the mutual TLS of clients itself; or give server and clients sidecars/,
  },
  {
    what: 'a waypoint',
    text: 'mesh: {mode: waypoint}',
    code: 'SC0303',
    message: /a waypoint has no certificate to forward/,
    hint: /xfcc-include-client-identity/,
  },
  {
    what: 'an Istio whose Envoy is too old',
    text: 'target: istio\nmesh: {istioVersion: 1.27.9}',
    code: 'SC0304',
    message: /the Envoy of Istio 1\.27\.9 has no remove_on_match/,
    hint: /Run Istio 1\.28 or later, which has Envoy 1\.36/,
  },
  {
    what: 'a plain Envoy that is too old',
    text: 'target: envoy\nenvoy: {version: "1.35"}',
    code: 'SC0304',
    message: /Envoy 1\.35 has no remove_on_match/,
    hint: /Run Envoy 1\.36 or later/,
  },
  {
    what: 'a gateway that is not named',
    text: 'mesh: {mode: gateway}',
    code: 'SC0305',
    message: /names 0 gateways of Istio/,
    hint: /Name the one/,
  },
  {
    what: 'a custom placement of filters that ask nobody',
    text: 'mesh: {placement: custom}\nforwarding: lua',
    code: 'SC0305',
    message: /forwarding takes another way/,
    hint: /forwarding to ext-authz/,
  },
  {
    what: 'a custom placement at a gateway',
    text: 'mesh: {placement: custom, mode: gateway}\ngateways: [{workload: a/b}]',
    code: 'SC0305',
    message: /mesh\.mode is gateway/,
    hint: /placement to filter/,
  },
]

for (const { what, text, code, message, hint } of refusals) {
  test(`${what} is refused, with the nearest thing that works`, t => {
    const { files, diagnostics } = generated(text)
    t.deepEqual(files, [])
    t.deepEqual(
      diagnostics.map(({ code }) => code),
      [code],
    )
    t.regex(diagnostics[0]?.message ?? '', message)
    t.regex(diagnostics[0]?.hint ?? '', hint)
  })
}

test('a custom placement over a socket is refused', t => {
  const text = 'mesh: {placement: custom}\nservice: {listen: "unix:/run/s.sock"}\ntarget: istio'
  const { diagnostics } = generated(text)
  t.true(diagnostics.some(({ message }) => /service\.listen is a socket/.test(message)))
})

test('an ambient mesh has the direct mutual TLS of Curity, without filters and DestinationRule', t => {
  const text =
    'mesh: {mode: ambient}\nauthorizationServer: {curity: {mutualTls: direct}}\nclients: [{clientId: a, workload: apps/a}]'
  const made = generated(text)
  t.deepEqual(made.diagnostics, [])
  t.false(made.files.some(({ path }) => path.includes('envoyfilter')))
  const direct = fileOf(made, 'istio/4-access/direct.yaml')
  t.regex(direct, /name: https-mutual-tls/)
  t.notRegex(direct, /DestinationRule/)
  t.regex(fileOf(made, 'istio/2-deploy-service-mesh.sh'), /ztunnel/)
})

test('the newest Istio and Envoy, and the oldest that can, are accepted', t => {
  for (const text of [
    'mesh: {istioVersion: "1.28"}',
    'envoy: {version: 1.36.0}',
    'envoy: {version: "2.0"}',
  ]) {
    t.deepEqual(generated(text).diagnostics, [], text)
  }
})
