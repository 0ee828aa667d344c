import { readdirSync, readFileSync } from 'node:fs'
import test, { type ExecutionContext } from 'ava'
import {
  compilePolicies,
  type Decision,
  decide,
  explain,
  type Facts,
  type Peer,
  parseSpiffeId,
  readAuthorizationPolicies,
} from '../../policy/index.js'

// The format of the vectors is described in test/istio-vectors/README.md.

interface VectorCase {
  readonly name: string
  readonly mesh?: object
  readonly workload?: object
  readonly policies: string
  readonly requests: readonly object[]
}

interface VectorRequest {
  readonly method: string
  readonly host: string
  readonly path: string
  readonly pathSeen?: string
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly peer: VectorPeer
  readonly sourceIp: string
  readonly remoteIp?: string
  readonly destinationIp: string
  readonly destinationPort: number
  readonly sni?: string
  readonly allowed: boolean
  readonly rule?: string
  readonly audited?: boolean
  readonly dryRun?: { readonly allow?: DryRunVerdict; readonly deny?: DryRunVerdict }
}

type VectorPeer =
  | { readonly kind: 'svid'; readonly spiffeId: string }
  | { readonly kind: 'absent'; readonly plaintext?: boolean }
  | { readonly kind: 'certificate'; readonly uris?: readonly string[] }

interface DryRunVerdict {
  readonly verdict: 'allow' | 'deny'
  readonly rule?: string
}

interface RejectedCase {
  readonly name: string
  readonly policies: string
  readonly rejected?: string
}

interface Defaults {
  readonly mesh: {
    readonly trustDomain: string
    readonly trustDomainAliases: readonly string[]
    readonly rootNamespace: string
  }
  readonly workload: {
    readonly namespace: string
    readonly labels: Readonly<Record<string, string>>
  }
  readonly request: VectorRequest
}

const folder = new URL('../../../test/istio-vectors/', import.meta.url)
const defaults = load('defaults.json') as Defaults
const topics = readdirSync(folder).filter(name => {
  const apart = ['defaults.json', 'rejected.json', 'unsupported.json']
  return name.endsWith('.json') && !apart.includes(name)
})

/** Cases in which sidecert refuses what Istio takes: the code, by the name of the case. */
const refused: ReadonlyMap<string, string> = new Map([
  // Whether nothing is meant by nothing is not for a reader of files to guess.
  ['no policy allows everything', 'SC0003'],
  // Sidecars pass over these policies; who loads one here expects something of it.
  ['a policy with targetRefs does not apply to a sidecar', 'SC0205'],
  ['a policy with targetRefs to a Service does not apply to a sidecar', 'SC0205'],
  ['a policy with targetRef does not apply to a sidecar', 'SC0205'],
  // Istio's validation takes it, and its builder then drops the rule or the condition.
  ["when key 'request.headersx[a]'", 'SC0204'],
  // Claims of tokens are not to be seen.
  ['serviceAccounts with notRequestPrincipals', 'SC0205'],
  // It is a date, which Kubernetes writes in another form: not the string that one reads.
  ['the value 2001-01-01 in YAML', 'SC0203'],
])

/** What the cluster's API does not take as one resource, and kubectl does. */
const accepted = ['a List of policies']

for (const topic of topics) {
  test(`sidecert decides like Istio: ${topic.replace('.json', '')}`, t => {
    const cases = load(topic) as readonly VectorCase[]
    t.true(cases.length > 0)
    for (const vector of cases) checkCase(t, vector)
  })
}

test('policies that ask for what a check request does not carry are refused', t => {
  for (const { name, policies } of load('unsupported.json') as readonly VectorCase[]) {
    t.true(codes(policies).includes('SC0205'), name)
  }
})

test('sidecert refuses what Istio refuses, and nothing else', t => {
  for (const { name, policies, rejected } of load('rejected.json') as readonly RejectedCase[]) {
    const expected = (rejected !== undefined || refused.has(name)) && !accepted.includes(name)
    t.is(codes(policies).length > 0, expected, `${name}: ${rejected ?? 'accepted by Istio'}`)
    for (const { message, hint, place } of read(policies).diagnostics) {
      t.true(message !== '' && hint !== '', name)
      t.true((place?.line ?? 0) <= policies.split('\n').length, name)
    }
  }
})

function checkCase(t: ExecutionContext, vector: VectorCase): void {
  const expectedCode = refused.get(vector.name)
  if (expectedCode !== undefined) {
    t.deepEqual(codes(vector.policies), [expectedCode], vector.name)
    return
  }
  const { policies, diagnostics } = read(vector.policies)
  t.deepEqual(
    diagnostics.filter(({ severity }) => severity === 'error'),
    [],
    vector.name,
  )
  const compiled = compilePolicies(policies, {
    ...defaults.mesh,
    ...vector.mesh,
    workload: { ...defaults.workload, ...vector.workload },
    whenNoPolicy: 'allow',
  })
  for (const request of vector.requests) {
    const full: VectorRequest = { ...defaults.request, ...request }
    const facts = factsOf(full)
    const decision = decide(compiled, facts)
    const label = `${vector.name}: ${JSON.stringify(request)} ${JSON.stringify(decision)}`
    t.deepEqual(explain(compiled, facts).decision, decision, label)
    if (facts.peer.kind === 'invalid') {
      // Stricter on purpose, and never laxer.
      t.true(decision.verdict === 'deny' || full.allowed, label)
    } else {
      checkDecision(t, decision, full, label)
    }
  }
}

function checkDecision(
  t: ExecutionContext,
  decision: Decision,
  expected: VectorRequest,
  label: string,
): void {
  t.is(decision.verdict, expected.allowed ? 'allow' : 'deny', label)
  t.is(decision.rule, expected.rule, label)
  if (expected.audited !== undefined) t.is(decision.audited.length > 0, expected.audited, label)
  t.deepEqual(decision.dryRun, dryRunOf(expected), label)
}

/** Istio tells of each action's dry-run policies alone; sidecert of all together with the others. */
function dryRunOf({ allowed, rule, dryRun }: VectorRequest): DryRunVerdict | undefined {
  if (dryRun === undefined) return undefined
  const denying = [allowed ? undefined : rule, dryRun.deny?.rule].filter(isRule).sort()
  const allowing = [allowed ? rule : undefined, dryRun.allow?.rule].filter(isRule).sort()
  if (denying[0] !== undefined) return { verdict: 'deny', rule: denying[0] }
  if (allowing[0] !== undefined) return { verdict: 'allow', rule: allowing[0] }
  return { verdict: !allowed || dryRun.allow !== undefined ? 'deny' : 'allow' }
}

function isRule(rule: string | undefined): rule is string {
  return rule !== undefined
}

function factsOf(request: VectorRequest): Facts {
  const path = request.pathSeen ?? request.path.replace(/[?#].*$/s, '')
  const query = /\?[^#]*/.exec(request.path)?.[0] ?? ''
  const plaintext = request.peer.kind === 'absent' && request.peer.plaintext === true
  const lines = [
    [':method', request.method],
    [':authority', request.host],
    [':scheme', plaintext ? 'http' : 'https'],
    [':path', path + query],
    ...request.headers,
  ] as const
  const headers = new Map<string, string[]>()
  for (const [name, value] of lines) {
    const key = name.toLowerCase()
    // Envoy strips the whitespace around a value.
    headers.set(key, [...(headers.get(key) ?? []), value.replace(/^[ \t]+|[ \t]+$/g, '')])
  }
  return {
    peer: peerOf(request.peer),
    method: request.method,
    host: request.host,
    path,
    headers,
    headersJoined: false,
    sourceIp: request.sourceIp,
    remoteIp: request.remoteIp ?? request.sourceIp,
    destinationIp: request.destinationIp,
    destinationPort: request.destinationPort,
    sni: request.sni,
  }
}

function peerOf(peer: VectorPeer): Peer {
  if (peer.kind !== 'certificate') return peer
  const [spiffeId, ...others] = peer.uris ?? []
  try {
    if (spiffeId !== undefined && others.length === 0 && parseSpiffeId(spiffeId).path !== '') {
      return { kind: 'svid', spiffeId }
    }
  } catch {
    // Not a SPIFFE ID: the certificate has no identity.
  }
  return { kind: 'invalid', reason: 'not an X.509-SVID' }
}

function read(text: string) {
  return readAuthorizationPolicies(text, 'policy.yaml', { defaultNamespace: 'default' })
}

function codes(text: string): readonly string[] {
  return read(text)
    .diagnostics.filter(({ severity }) => severity === 'error')
    .map(({ code }) => code)
}

function load(name: string): unknown {
  return JSON.parse(readFileSync(new URL(name, folder), 'utf8'))
}
