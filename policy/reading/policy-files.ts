import type { AuthorizationPolicy } from '../authorization-policy.js'
import { type Diagnostic, diagnostic } from '../diagnostic.js'
import {
  type PoliciesRead,
  type ReadPolicyOptions,
  readAuthorizationPolicies,
} from './policy-document.js'

/** A file's name and content. */
export interface PolicyFile {
  readonly file: string
  readonly text: string
}

/**
 * Reads the AuthorizationPolicies of several files. Two policies with the same namespace and name
 * are an error (SC0206): in a cluster, the one would replace the other.
 */
export function readPolicyFiles(
  files: readonly PolicyFile[],
  options: ReadPolicyOptions = {},
): PoliciesRead {
  const read = files.map(({ file, text }) => readAuthorizationPolicies(text, file, options))
  const policies = read.flatMap(result => result.policies)
  return {
    policies,
    diagnostics: [...read.flatMap(({ diagnostics }) => diagnostics), ...findDuplicates(policies)],
  }
}

/** Finds policies that have the namespace and the name of an earlier one (SC0206). */
export function findDuplicates(policies: readonly AuthorizationPolicy[]): readonly Diagnostic[] {
  const first = new Map<string, AuthorizationPolicy>()
  return policies.flatMap(policy => {
    const id = `${policy.namespace}/${policy.name}`
    const earlier = first.get(id)
    if (earlier === undefined) {
      first.set(id, policy)
      return []
    }
    const { file, line } = earlier.place
    const message = `the policy ${id} stands already in ${file}, line ${line}`
    return diagnostic('SC0206', message, 'Rename one of them.', policy.place)
  })
}
