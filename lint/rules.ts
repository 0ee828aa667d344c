import { absentIdentity } from './policy/absent-identity.js'
import { effectlessRules } from './policy/effectless-rules.js'
import { httpOnTcp } from './policy/http-on-tcp.js'
import { identityPatterns } from './policy/identity-patterns.js'
import { objections } from './policy/objections.js'
import { openPolicies } from './policy/open-policies.js'
import { slippingPaths } from './policy/slipping-paths.js'
import type { LintRule } from './rule.js'

/** Every rule there is. */
export const lintRules: readonly LintRule[] = [
  objections,
  identityPatterns,
  openPolicies,
  absentIdentity,
  slippingPaths,
  effectlessRules,
  httpOnTcp,
]
