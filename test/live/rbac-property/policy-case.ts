import fc from 'fast-check'
import {
  type AuthorizationPolicy,
  hasErrors,
  type PolicyScope,
  readAuthorizationPolicies,
} from '../../../policy/index.js'
import { type Connection, connectionArbitrary } from './connection.js'
import { identities } from './pattern.js'
import { type PolicyData, policiesArbitrary } from './policy.js'
import {
  requestArbitrary,
  type SentRequest,
  type Vocabulary,
  vocabularyArbitrary,
} from './request.js'

/** Policies, what they are read with, and requests to decide by them. */
export interface PolicyCase {
  readonly scope: PolicyScope
  readonly whenNoPolicy: 'allow' | 'deny'
  readonly policies: readonly PolicyData[]
  readonly requests: readonly SentRequest[]
}

/** The trust domain is often one of the callers'. */
function scopeArbitrary(words: Vocabulary): fc.Arbitrary<PolicyScope> {
  const domains = identities(words).map(id => id.split('/')[0] ?? '')
  return fc.record({
    trustDomain: fc.constantFrom(...domains, ...domains, 'cluster.local', 'td1', 'td2', 'old-td'),
    trustDomainAliases: fc.constantFrom(
      [],
      [],
      ['td2'],
      ['cluster.local'],
      ['td1', 'new-td'],
      ['*-td'],
      ['td', 'td2'],
    ),
    rootNamespace: fc.constantFrom('istio-system', 'istio-system', 'mesh-root'),
    workload: fc.record({
      namespace: fc.constant('shop'),
      labels: fc.constantFrom({ app: 'orders', version: 'v1' }, { app: 'orders' }),
    }),
  })
}

/** Makes a case whose requests and policies have their words in common. */
function caseArbitrary(
  connections: readonly Connection[],
  requests: number,
  focus: number | undefined,
): fc.Arbitrary<PolicyCase> {
  return vocabularyArbitrary(connections).chain(words =>
    fc.record({
      scope: scopeArbitrary(words),
      whenNoPolicy: fc.constantFrom('allow', 'deny'),
      policies: policiesArbitrary(words, focus),
      requests: fc.array(requestArbitrary(words), { minLength: requests, maxLength: requests }),
    }),
  )
}

/** How many cases to make, of how many requests each, and from which seed. */
export interface CaseOptions {
  readonly seed: number
  readonly cases: number
  readonly requests: number
}

/**
 * Makes the cases of a seed. Every other one is about one thing, all things in turn. They share a few
 * dozen connections, which stay open.
 */
export function makeCases({ seed, cases, requests }: CaseOptions): readonly PolicyCase[] {
  const connections = fc.sample(connectionArbitrary, { seed, numRuns: 48 })
  return Array.from({ length: cases }, (_, number) => {
    const focus = number % 2 === 0 ? number / 2 : undefined
    return fc.sample(caseArbitrary(connections, requests, focus), {
      seed: seed + number,
      numRuns: 1,
    })
  }).flat()
}

/** Writes the policies of a case as YAML. */
export function policyYaml({ policies }: Pick<PolicyCase, 'policies'>): string {
  return policies.map(policy => `---\n${JSON.stringify(policy)}\n`).join('')
}

/** Reads the policies of a case; an error is a fault of the generator. */
export function readPolicies(policyCase: PolicyCase): readonly AuthorizationPolicy[] {
  const text = policyYaml(policyCase)
  const { policies, diagnostics } = readAuthorizationPolicies(text, 'policy.yaml')
  if (hasErrors(diagnostics)) {
    throw new Error(`${diagnostics.map(({ message }) => message).join('\n')}\n${text}`)
  }
  return policies
}
