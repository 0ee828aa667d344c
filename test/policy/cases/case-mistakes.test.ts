import test from 'ava'
import { readPolicyCases } from '../../../policy/index.js'

const withRequest = (fields: string) => {
  return `cases:\n  - name: n\n    expect: deny\n    request:\n      identity: none\n      path: /\n      ${fields}\n`
}
const withPath = (path: string) => {
  return `cases:\n  - {name: n, expect: deny, request: {identity: none, path: ${path}}}\n`
}
const withIdentity = (id: string) => {
  return `cases:\n  - {name: n, expect: deny, request: {path: /, identity: ${id}}}\n`
}
const withExpectation = (expect: string) => {
  return `cases:\n  - {name: n, request: {path: /, identity: none}, expect: ${expect}}\n`
}
const requestList = 'identity, method, path, host, headers, sourceIp, destinationIp, port, sni'
const identityHint =
  'Write a SPIFFE ID, none (no certificate) or invalid (a certificate without one).'

/** The mistake, the file, and what is said of it: code, line:column, message and mend. */
const mistakes: readonly (readonly [what: string, text: string, said: string])[] = [
  ['no file', '', 'SC0003 1:1 the file is empty. Write cases, each with name, request and expect.'],
  [
    'YAML with a tab',
    'cases:\n\t- name: n\n',
    'SC0002 2:1 a tab stands in the indentation, where YAML allows spaces only. Indent with spaces.',
  ],
  [
    'a policy',
    'apiVersion: security.istio.io/v1\nkind: AuthorizationPolicy\n',
    'SC0502 1:1 the file is a resource and no policy test. Name a file with cases; policies are read by way of sidecert.yaml.',
  ],
  [
    'a second document',
    `${withPath('/')}---\ncases: []\n`,
    'SC0502 4:1 there is a second document in the file. Put all cases into one list, or into two files.',
  ],
  [
    'a list',
    '- name: n\n',
    'SC0502 1:1 the file must be a mapping, not a list. It takes workload, defaults, cases.',
  ],
  [
    'no cases',
    'defaults: {}\n',
    'SC0503 1:1 the file has no cases. Add cases, each with name, request and expect.',
  ],
  [
    'an empty list of cases',
    'cases: []\n',
    'SC0503 1:8 the file has no cases. Add cases, each with name, request and expect.',
  ],
  [
    'cases as a mapping',
    'cases: {}\n',
    'SC0502 1:8 cases must be a list, not a mapping. Start each item with "- ", or write it in [ ].',
  ],
  [
    'a misspelt key of the file',
    `${withPath('/')}default: {}\n`,
    'SC0501 3:1 the file has no field default. Did you mean defaults?',
  ],
  [
    'a request where defaults belong',
    `host: x\n${withPath('/')}`,
    'SC0501 1:1 the file has no field host. Put it under defaults.',
  ],
  [
    'a misspelt key of a case',
    'cases:\n  - {name: n, expect: deny, request: {identity: none, path: /}, requset: {}}\n',
    'SC0501 2:65 cases[0] has no field requset. Did you mean request?',
  ],
  [
    'a field of the request beside it',
    'cases:\n  - {name: n, expect: deny, request: {identity: none, path: /}, host: x}\n',
    'SC0501 2:65 cases[0] has no field host. Put it under cases[0].request.',
  ],
  [
    'a misspelt field of a request',
    withRequest('sourceIP: 10.0.0.1'),
    'SC0501 7:7 cases[0].request has no field sourceIP. Did you mean sourceIp?',
  ],
  [
    'an unknown field of a request',
    withRequest('protocol: h2'),
    `SC0501 7:7 cases[0].request has no field protocol. It takes ${requestList}.`,
  ],
  [
    'a case that is a string',
    'cases: [x]\n',
    'SC0502 1:9 cases[0] must be a mapping, not a string. It takes name, request, expect.',
  ],
  [
    'a case without a name',
    'cases:\n  - {expect: deny, request: {identity: none, path: /}}\n',
    'SC0503 2:5 cases[0] has no name. Say in a few words what is to hold.',
  ],
  [
    'a case without a request',
    'cases:\n  - {name: n, expect: deny}\n',
    'SC0503 2:5 cases[0] has no request. Add request with identity, method and path.',
  ],
  [
    'a case without an expectation',
    'cases:\n  - {name: n, request: {identity: none, path: /}, expect: }\n',
    'SC0503 2:5 cases[0] has no expect. Add expect: allow or expect: deny.',
  ],
  [
    'a name that is a number',
    'cases:\n  - {name: 5, expect: deny, request: {identity: none, path: /}}\n',
    'SC0502 2:12 cases[0].name must be a string, not the number 5. Put it in quotes: "5".',
  ],
  [
    'a name that stands twice',
    `${withPath('/')}  - {name: n, expect: deny, request: {identity: none, path: /x}}\n`,
    'SC0504 3:12 the name "n" stands already in line 2. Say what differs between the two cases.',
  ],
  [
    'a request that does not say who calls',
    'cases:\n  - {name: n, expect: deny, request: {path: /}}\n',
    'SC0503 2:38 cases[0].request does not say who calls. Add identity: a SPIFFE ID, or none for a caller without a certificate.',
  ],
  [
    'a request without a path',
    'cases:\n  - {name: n, expect: deny, request: {identity: none}}\n',
    'SC0503 2:38 cases[0].request has no path. Add path, like path: /token.',
  ],
  [
    'an identity as a policy writes it',
    withIdentity('td/ns/a/sa/b'),
    'SC0502 2:58 cases[0].request.identity: "td/ns/a/sa/b" is not a SPIFFE ID: it does not start with spiffe://, in lower case. Write spiffe://td/ns/a/sa/b.',
  ],
  [
    'an identity that is no SPIFFE ID',
    withIdentity('spiffe://TD/a'),
    `SC0502 2:58 cases[0].request.identity: "spiffe://TD/a" is not a SPIFFE ID: its trust domain may hold lower-case letters, digits, dots, dashes and underscores only. ${identityHint}`,
  ],
  [
    'the identity of a trust domain',
    withIdentity('spiffe://td'),
    `SC0502 2:58 cases[0].request.identity: "spiffe://td" is the SPIFFE ID of a trust domain and of no workload. ${identityHint}`,
  ],
  [
    'a misspelt word for an identity',
    withIdentity('None'),
    'SC0502 2:58 cases[0].request.identity: "None" is not a SPIFFE ID: it does not start with spiffe://, in lower case. Did you mean none?',
  ],
  [
    'a URL as path',
    withPath('"https://h/x"'),
    'SC0502 2:61 cases[0].request.path is a URL: "https://h/x". Write its host as host, and its path here.',
  ],
  [
    'a path without its slash',
    withPath('token'),
    'SC0502 2:61 cases[0].request.path does not start with /: "token". Begin it with /.',
  ],
  [
    'a path with a fragment',
    withPath('"/a#b"'),
    'SC0502 2:61 cases[0].request.path has a fragment: "/a#b". Remove it: Envoy answers it with 400.',
  ],
  [
    'a path with a line end',
    withPath('"/a\\nb"'),
    'SC0502 2:61 cases[0].request.path has characters that no request carries: "/a\\nb". Encode them, such as %20 for a space.',
  ],
  [
    'a method of two words',
    withRequest('method: GET /'),
    'SC0502 7:15 cases[0].request.method is no method: "GET /". Write one method, like POST.',
  ],
  [
    'a host with its scheme',
    withRequest('host: https://h'),
    'SC0502 7:13 cases[0].request.host is no host: "https://h". Write a name like login.example.com, without scheme and path.',
  ],
  [
    'an address with a port',
    withRequest('sourceIp: 10.0.0.1:80'),
    'SC0502 7:17 cases[0].request.sourceIp is no IP address: "10.0.0.1:80". Write one address without a port, like 10.0.0.1 or 2001:db8::1.',
  ],
  [
    'a range as address',
    withRequest('destinationIp: 10.0.0.0/8'),
    'SC0502 7:22 cases[0].request.destinationIp is no IP address: "10.0.0.0/8". Write one address without a port, like 10.0.0.1 or 2001:db8::1.',
  ],
  ...['0', '65536', '8443.5', 'http', '[8443]'].map(
    port =>
      [
        `the port ${port}`,
        withRequest(`port: ${port}`),
        "SC0502 7:13 cases[0].request.port is no port. Write the container's port, from 1 to 65535.",
      ] as const,
  ),
  [
    'an empty server name',
    withRequest('sni: ""'),
    'SC0502 7:12 cases[0].request.sni must be a string, not empty. Write a string.',
  ],
  [
    'headers as a list',
    withRequest('headers: [a]'),
    'SC0502 7:16 cases[0].request.headers must be a mapping. Write NAME: VALUE.',
  ],
  [
    'host as a header',
    withRequest('headers: {Host: h}'),
    'SC0502 7:17 cases[0].request.headers: Host is not sent as a header. Write it as host of the request.',
  ],
  [
    'a pseudo-header',
    withRequest('headers: {":path": h}'),
    'SC0502 7:17 cases[0].request.headers: :path is not sent as a header. Write it as path of the request.',
  ],
  [
    'a header whose name is no token',
    withRequest('headers: {"a b": h}'),
    'SC0502 7:17 cases[0].request.headers: "a b" is no name of a header. Write letters, digits and dashes.',
  ],
  [
    'a header twice, in two cases',
    withRequest('headers: {a: h, A: i}'),
    'SC0502 7:23 cases[0].request.headers has the header a twice. Write its lines as a list: NAME: [VALUE, VALUE].',
  ],
  [
    'a header that is a number',
    withRequest('headers: {a: 0x1F}'),
    'SC0502 7:20 cases[0].request.headers.a must be a string, not the number 0x1F. Put it in quotes: "0x1F".',
  ],
  [
    'a header without lines',
    withRequest('headers: {a: []}'),
    'SC0502 7:20 cases[0].request.headers.a has no value. Write a value, or leave the header out.',
  ],
  [
    'a header with a line end',
    withRequest('headers: {a: [x, "y\\r\\nb: z"]}'),
    'SC0502 7:24 cases[0].request.headers.a[1] has control characters. No request carries them.',
  ],
  [
    'a header with blanks around its value',
    withRequest('headers: {a: "x "}'),
    'SC0502 7:20 cases[0].request.headers.a has blanks around it. Remove them: whoever receives the request does.',
  ],
  [
    'a misspelt verdict',
    withExpectation('allowed'),
    'SC0502 2:59 cases[0].expect cannot be "allowed". Did you mean allow?',
  ],
  [
    'a verdict that is a boolean',
    withExpectation('true'),
    'SC0502 2:59 cases[0].expect must be a string, not the boolean true. Put it in quotes: "true".',
  ],
  [
    'an expectation without a verdict',
    withExpectation('{reason: no-policy}'),
    'SC0503 2:59 cases[0].expect has no verdict. Add verdict: allow or verdict: deny.',
  ],
  [
    'a misspelt field of an expectation',
    withExpectation('{verdict: deny, rules: x}'),
    'SC0501 2:75 cases[0].expect has no field rules. Did you mean rule?',
  ],
  [
    'an unknown reason',
    withExpectation('{verdict: deny, reason: no-rule}'),
    'SC0502 2:83 cases[0].expect.reason cannot be "no-rule". It takes allowed-by-rule, denied-by-rule, no-rule-matched, no-policy.',
  ],
  [
    'a rule that is not named in full',
    withExpectation('{verdict: deny, rule: token-endpoint}'),
    'SC0502 2:81 cases[0].expect.rule is no name of a rule: "token-endpoint". Write ns[NAMESPACE]-policy[NAME]-rule[INDEX], counted from 0, in quotes.',
  ],
  [
    'a rule to allow that is said to deny',
    withExpectation('{verdict: allow, reason: denied-by-rule}'),
    'SC0505 2:59 cases[0].expect: a request is never allowed for denied-by-rule. Correct one of them, or leave it out.',
  ],
  [
    'a rule where none decides',
    withExpectation('{verdict: deny, reason: no-policy, rule: "ns[a]-policy[b]-rule[0]"}'),
    'SC0505 2:59 cases[0].expect: no rule decides when the reason is no-policy. Correct one of them, or leave it out.',
  ],
  [
    'a workload without a namespace',
    `workload: {labels: {a: b}}\n${withPath('/')}`,
    'SC0503 1:11 workload has no namespace. Add it, like namespace: curity.',
  ],
  [
    'a workload as text',
    `workload: curity\n${withPath('/')}`,
    'SC0502 1:11 workload must be a mapping, not a string. It takes namespace, labels.',
  ],
  [
    'a label that is a boolean',
    `workload: {namespace: a, labels: {b: true}}\n${withPath('/')}`,
    'SC0502 1:38 workload.labels.b must be a string, not the boolean true. Put it in quotes: "true".',
  ],
  [
    'labels of a workload outside',
    `labels: {}\n${withPath('/')}`,
    'SC0501 1:1 the file has no field labels. Put it under workload.',
  ],
]

for (const [what, text, said] of mistakes) {
  test(`${what} is refused by line and column, with the mend`, t => {
    const { cases, diagnostics } = readPolicyCases(text, 'a.test.yaml')
    t.is(cases, undefined)
    t.deepEqual(
      diagnostics.map(({ code, message, hint, place }) => {
        return `${code} ${place?.line}:${place?.column} ${message}. ${hint}`
      }),
      [said],
    )
  })
}
