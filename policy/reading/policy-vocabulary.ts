import type { Attribute } from '../authorization-policy.js'
import { asciiLowerCase } from '../byte-string.js'
import {
  readAddressPattern,
  readNamespacePattern,
  readPathPattern,
  readPortPattern,
  readServiceAccountPattern,
  readStringPattern,
  readTrustDomainCondition,
  readTrustDomainPattern,
  type ValueReader,
} from './value-pattern.js'

/** What a field or a key of a condition stands for. */
export interface Term {
  readonly attribute: Attribute
  readonly read: ValueReader
  /** How many values Istio takes at most. */
  readonly maximum?: number
}

/** What stands in place of a {@link Term} for a field that the service cannot see. */
export interface UnseenTerm {
  readonly unseen: string
  readonly hint: string
}

/** What stands in place of a {@link Term} for a key that Istio does not take. */
export interface RejectedTerm {
  readonly rejected: string
  readonly hint: string
}

const token: UnseenTerm = {
  unseen: 'asks for the claims of a token, which a check request does not carry',
  hint: 'Keep this rule in a policy of its own that Istio enforces, and take it out here.',
}

const principal: Term = { attribute: { kind: 'principal' }, read: readStringPattern }
const namespace: Term = { attribute: { kind: 'namespace' }, read: readNamespacePattern }
const serviceAccount: Term = {
  attribute: { kind: 'service-account' },
  read: readServiceAccountPattern,
  maximum: 16,
}
const sourceIp: Term = { attribute: { kind: 'source-ip' }, read: readAddressPattern }
const remoteIp: Term = { attribute: { kind: 'remote-ip' }, read: readAddressPattern }
const port: Term = { attribute: { kind: 'destination-port' }, read: readPortPattern }

/** The fields of a `source`, without their `not` forms. */
export const sourceTerms: Readonly<Record<string, Term | UnseenTerm>> = {
  principals: principal,
  requestPrincipals: token,
  namespaces: namespace,
  serviceAccounts: serviceAccount,
  trustDomains: { attribute: { kind: 'trust-domain' }, read: readTrustDomainPattern },
  ipBlocks: sourceIp,
  remoteIpBlocks: remoteIp,
}

/** The fields of an `operation`, without their `not` forms. */
export const operationTerms: Readonly<Record<string, Term | UnseenTerm>> = {
  hosts: { attribute: { kind: 'host' }, read: readStringPattern },
  ports: port,
  methods: { attribute: { kind: 'method' }, read: readStringPattern },
  paths: { attribute: { kind: 'path' }, read: readPathPattern },
}

const conditionTerms: ReadonlyMap<string, Term | UnseenTerm | RejectedTerm> = new Map<
  string,
  Term | UnseenTerm | RejectedTerm
>([
  ['source.ip', sourceIp],
  ['remote.ip', remoteIp],
  ['source.namespace', namespace],
  ['source.serviceAccount', serviceAccount],
  ['source.principal', principal],
  ['source.trustDomain', { attribute: { kind: 'trust-domain' }, read: readTrustDomainCondition }],
  ['request.auth.principal', token],
  ['request.auth.audiences', token],
  ['request.auth.presenter', token],
  ['destination.ip', { attribute: { kind: 'destination-ip' }, read: readAddressPattern }],
  ['destination.port', port],
  ['connection.sni', { attribute: { kind: 'sni' }, read: readStringPattern }],
  [
    'destination.namespace',
    { rejected: 'is not a key of a condition', hint: "Set the policy's metadata.namespace." },
  ],
  [
    'destination.name',
    { rejected: 'is not a key of a condition any more', hint: 'Use spec.selector.' },
  ],
  [
    'destination.user',
    { rejected: 'is not a key of a condition any more', hint: 'Use spec.selector.' },
  ],
])

/** The keys that a `when` may have, for suggestions. */
export const conditionKeys: readonly string[] = [
  ...[...conditionTerms].filter(([, term]) => 'read' in term).map(([key]) => key),
  'request.headers[NAME]',
]

/**
 * Finds what the key of a `when` stands for; undefined for a key that nobody knows.
 *
 * Header names are folded to lower case. `host` is `:authority`, as in Envoy's header map.
 */
export function conditionTerm(key: string): Term | UnseenTerm | RejectedTerm | undefined {
  if (key.startsWith('request.headers')) {
    const name = /^request\.headers\[(.+)\]$/s.exec(key)?.[1]
    // Envoy refuses a filter that names a header with one of these.
    if (name === undefined || /[\0\r\n]/.test(name)) {
      return {
        rejected: 'does not name a header',
        hint: 'Write it like request.headers[x-tenant].',
      }
    }
    return { attribute: { kind: 'header', name: asciiLowerCase(name) }, read: readStringPattern }
  }
  if (key.startsWith('request.auth.claims')) return token
  if (key.startsWith('experimental.envoy.filters.')) {
    return {
      unseen: 'asks for the metadata of an Envoy filter, which a check request does not carry',
      hint: 'Keep this rule in a policy of its own that Istio enforces, and take it out here.',
    }
  }
  if (key.startsWith('destination.labels')) {
    return { rejected: 'is not a key of a condition', hint: 'Use spec.selector.matchLabels.' }
  }
  return conditionTerms.get(key)
}
