import { randomUUID } from 'node:crypto'
import {
  type AuthorizationPolicy,
  type CompiledPolicies,
  compilePolicies,
  type Workload,
} from '../policy/index.js'
import { type ForwardedHeader, forwardedHeader } from './forwarded-header.js'
import type { TrustBundles } from './peer-identity.js'
import { headersAskedFor } from './recorded-request.js'

/** What decides: the policies in force and how an identity is taken and passed on. */
export interface AuthorizerSettings {
  readonly policies: readonly AuthorizationPolicy[]
  readonly trustDomain: string
  readonly trustDomainAliases: readonly string[]
  readonly rootNamespace: string
  /** The verdict for a workload that no ALLOW policy selects. */
  readonly whenNoPolicy: 'allow' | 'deny'
  /** The workload that a request is for when its filter does not say. */
  readonly workload: Workload
  /** The name of the forwarded header. */
  readonly header: string
  /** Denials are written down and not enforced; the header rules hold all the same. */
  readonly dryRun?: boolean
  /**
   * The namespaces whose policies are known; all of them unless said. A workload of another one is
   * denied whatever `whenNoPolicy` says: the policies that would decide have not been seen.
   */
  readonly namespaces?: readonly string[] | undefined
  /** What the version in force is called in the log; see `inputsVersion`. */
  readonly version?: string | undefined
  /** When given, an SVID must lead to an authority of its own trust domain's bundle. */
  readonly trustBundles?: TrustBundles | undefined
}

/** Settings made ready for checks. A new version is a new value: it is never changed in place. */
export interface Authorizer {
  readonly header: ForwardedHeader
  /** The headers that policies ask for, in lower case; the log has their values. */
  readonly headersAskedFor: readonly string[]
  readonly fallbackWorkload: Workload
  readonly trustBundles: TrustBundles | undefined
  readonly dryRun: boolean
  readonly version: string | undefined
  /** False: {@link policiesFor} denies, because nobody knows which policies there are. */
  knowsPoliciesOf(workload: Workload): boolean
  policiesFor(workload: Workload): CompiledPolicies
  /** Milliseconds since the epoch. */
  now(): number
  newDecisionId(): string
}

/** Where the service finds the authorizer in force: each check takes it once, and only once. */
export interface AuthorizerSource {
  readonly current: Authorizer
}

/** How many workloads' compiled policies are kept; the filters of a mesh name a few. */
const maximumWorkloads = 1000

/** Makes an authorizer of its settings; policies are compiled once for each workload. */
export function createAuthorizer(settings: AuthorizerSettings): Authorizer {
  const compiled = new Map<string, CompiledPolicies>()
  const knows = ({ namespace }: Workload) => settings.namespaces?.includes(namespace) ?? true
  return {
    header: forwardedHeader(settings.header),
    headersAskedFor: headersAskedFor(settings.policies),
    fallbackWorkload: settings.workload,
    trustBundles: settings.trustBundles,
    dryRun: settings.dryRun ?? false,
    version: settings.version,
    knowsPoliciesOf: knows,
    policiesFor(workload) {
      const key = workloadKey(workload)
      const known = compiled.get(key)
      if (known !== undefined) return known
      const policies = knows(workload)
        ? compilePolicies(settings.policies, { ...settings, workload })
        : compilePolicies([], { ...settings, workload, whenNoPolicy: 'deny' })
      if (compiled.size >= maximumWorkloads) compiled.clear()
      compiled.set(key, policies)
      return policies
    },
    now: Date.now,
    newDecisionId: randomUUID,
  }
}

function workloadKey({ namespace, labels }: Workload): string {
  return JSON.stringify([namespace, Object.entries(labels).sort()])
}
