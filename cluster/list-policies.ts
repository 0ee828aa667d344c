import { openAnswer } from './api-request.js'
import type { ApiServer } from './api-server.js'
import { ClusterError } from './cluster-error.js'
import { policiesPath } from './policies-path.js'
import { type PolicyObject, policyObject, record, resourceVersionOf } from './policy-object.js'
import { malformed, readJson } from './read-json.js'

/** All policies of a namespace, or of all, at one moment. */
export interface PolicyListing {
  readonly policies: ReadonlyMap<string, PolicyObject>
  /** Where a watch goes on. */
  readonly resourceVersion: string
}

const pageSize = 250
/** etcd keeps no object above 1.5 MiB; a page of large ones is still read. */
const maximumPageLength = 32 * 1024 * 1024
const maximumPolicies = 10_000
const listMilliseconds = 60_000

/**
 * Lists the policies, page by page, as they are now: the API server asks its store and not its cache
 * (no `resourceVersion` is sent), and all pages are of the same moment.
 *
 * @param namespace undefined: all of them
 * @throws {ClusterError} `gone` when the pages took so long that their moment is over
 */
export async function listPolicies(
  server: ApiServer,
  namespace: string | undefined,
  signal: AbortSignal,
): Promise<PolicyListing> {
  const deadline = AbortSignal.any([signal, AbortSignal.timeout(listMilliseconds)])
  const policies = new Map<string, PolicyObject>()
  let token: string | undefined
  for (;;) {
    const query = { limit: String(pageSize), ...(token === undefined ? {} : { continue: token }) }
    const answer = await openAnswer(server, policiesPath(namespace, query), deadline)
    const page = await readJson(answer, maximumPageLength)
    const before = policies.size
    for (const policy of itemsOf(page)) policies.set(policy.file, policy)
    if (policies.size > maximumPolicies) throw tooMany()
    const next = continueOf(page)
    if (next === undefined) return { policies, resourceVersion: resourceVersionOf(page) }
    if (policies.size === before) throw malformed('the API server gives page after page of nothing')
    token = next
  }
}

function itemsOf(page: unknown): readonly PolicyObject[] {
  const { items } = record(page, 'a list')
  // Go writes an empty list as null.
  if (items === null) return []
  if (!Array.isArray(items)) throw malformed('the API server gave a list without items')
  return items.map(policyObject)
}

function continueOf(page: unknown): string | undefined {
  const { continue: token } = record(record(page, 'a list').metadata, 'metadata')
  return typeof token === 'string' && token !== '' ? token : undefined
}

function tooMany(): ClusterError {
  return new ClusterError(
    'too-large',
    `there are more than ${maximumPolicies} policies`,
    'Read fewer namespaces: name them in cluster.namespaces.',
  )
}
