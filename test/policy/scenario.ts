import {
  type AuthorizationPolicy,
  type CompiledPolicies,
  type CompileOptions,
  compilePolicies,
  decide,
  type Facts,
  readAuthorizationPolicies,
} from '../../policy/index.js'

/** A plain GET of / from client-a, over mutual TLS, for the workload that the policies are about. */
const usual: Facts = {
  peer: { kind: 'svid', spiffeId: 'spiffe://td/ns/applications/sa/client-a' },
  method: 'GET',
  host: 'login.example.com',
  path: '/',
  headers: new Map(),
  headersJoined: false,
  sourceIp: '10.0.0.1',
  remoteIp: '192.0.2.1',
  destinationIp: '10.0.0.2',
  destinationPort: 8443,
  sni: undefined,
}

/** The facts of a request that differs from the usual one; header lines by name. */
export function request(
  different: Partial<Omit<Facts, 'headers'>> & {
    readonly headers?: Readonly<Record<string, readonly string[]>>
  } = {},
): Facts {
  const { headers = {}, ...rest } = different
  return { ...usual, ...rest, headers: new Map(Object.entries(headers)) }
}

/** The facts of a request from a peer with an identity, without one, or with a bad certificate. */
export function from(peer: string | undefined | Error): Facts {
  if (peer === undefined) return request({ peer: { kind: 'absent' } })
  return peer instanceof Error
    ? request({ peer: { kind: 'invalid', reason: peer.message } })
    : request({ peer: { kind: 'svid', spiffeId: peer } })
}

/** Reads policies that are expected to have no error. */
export function policies(text: string): readonly AuthorizationPolicy[] {
  const { policies: read, diagnostics } = readAuthorizationPolicies(text, 'policy.yaml')
  const errors = diagnostics.filter(({ severity }) => severity === 'error')
  if (errors.length > 0) throw new Error(errors.map(({ message }) => message).join('\n'))
  return read
}

/** Writes a policy of namespace `curity` with a spec in YAML's flow style. */
export function policyText(spec: string, metadata = 'name: p, namespace: curity'): string {
  return `{apiVersion: security.istio.io/v1, kind: AuthorizationPolicy, metadata: {${metadata}}, spec: ${spec}}\n`
}

/** Compiles policies for a workload of namespace `curity`. */
export function compiled(text: string, options: Partial<CompileOptions> = {}): CompiledPolicies {
  return compilePolicies(policies(text), {
    workload: { namespace: 'curity', labels: { role: 'runtime', app: 'curity' } },
    rootNamespace: 'istio-system',
    trustDomain: 'td',
    trustDomainAliases: [],
    whenNoPolicy: 'deny',
    ...options,
  })
}

/** Compiles one ALLOW policy that has the given rules, in YAML's flow style, to a yes or no. */
export function allower(
  rules: string,
  options: Partial<CompileOptions> = {},
): (facts: Facts) => boolean {
  const policy = compiled(policyText(`{rules: [${rules}]}`), options)
  return facts => decide(policy, facts).verdict === 'allow'
}

/** Decides with one ALLOW policy that has the given rules, in YAML's flow style. */
export function allows(
  rules: string,
  facts: Facts,
  options: Partial<CompileOptions> = {},
): boolean {
  return allower(rules, options)(facts)
}

/** Decides with one DENY policy that has the given rules, where nothing else denies. */
export function denies(rules: string, facts: Facts): boolean {
  const text = policyText(`{action: DENY, rules: [${rules}]}`)
  return decide(compiled(text, { whenNoPolicy: 'allow' }), facts).verdict === 'deny'
}
