import { type AuthorizationPolicy, type Diagnostic, findDuplicates } from '../../policy/index.js'
import { diagnosticFinding, type Finding } from '../finding.js'
import type { LintRule } from '../rule.js'

/**
 * What the reader of policies refuses or warns about, under its own codes.
 *
 * What only the ext_authz service cannot see (SC0205) is an objection to the policies that
 * sidecert.yaml names, and none to those that Istio enforces.
 */
export const objections: LintRule = {
  codes: [],
  check: ({ policies, governed }) => {
    const found = policies.flatMap(({ resource: { file }, diagnostics }) =>
      diagnostics
        .filter(({ code }) => code !== 'SC0205' || governed.has(file))
        .map(diagnostic => ({ diagnostic, file })),
    )
    const read = policies.flatMap(({ policy }) => policy ?? [])
    const duplicates = duplicatesToBeAppliedTogether(read, governed)
    return [
      ...found.map(({ diagnostic, file }): Finding => diagnosticFinding(diagnostic, file)),
      ...duplicates.map(diagnostic => diagnosticFinding(diagnostic, diagnostic.place?.file ?? '')),
    ]
  },
}

/** Different files may be for different clusters; one file, and those of sidecert.yaml, are not. */
function duplicatesToBeAppliedTogether(
  policies: readonly AuthorizationPolicy[],
  governed: ReadonlyMap<string, string>,
): readonly Diagnostic[] {
  const groups = new Map<string, AuthorizationPolicy[]>()
  for (const policy of policies) {
    const { file } = policy.place
    const group = governed.get(file) ?? `alone ${file}`
    groups.set(group, [...(groups.get(group) ?? []), policy])
  }
  return [...groups.values()].flatMap(findDuplicates)
}
