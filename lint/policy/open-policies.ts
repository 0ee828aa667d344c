import { type Finding, finding } from '../finding.js'
import type { LintRule } from '../rule.js'
import type { FieldView, PolicyView, RuleView } from './policy-view.js'
import { isForGateway } from './scope.js'

/** ALLOW policies that let more in than somebody who reads them expects. */
export const openPolicies: LintRule = {
  codes: ['SL1005', 'SL1006', 'SL1007'],
  check: ({ policies }) =>
    policies
      .filter(policy => policy.action === 'ALLOW' && !isForGateway(policy))
      .flatMap(policy => policy.rules.flatMap(rule => problems(policy, rule))),
}

function problems(policy: PolicyView, rule: RuleView): readonly Finding[] {
  const { from, to, when } = rule
  if (from.length === 0 && to.length === 0 && when.length === 0) {
    const { name } = policy.resource
    return [finding('SL1005', `the policy ${name} allows everything to everybody`, rule.place)]
  }
  return [...anyIdentity(rule), ...openTokenEndpoint(rule)]
}

/** A source that asks for any identity and nothing else, in a rule that asks for no operation. */
function anyIdentity({ from, to, when }: RuleView): readonly Finding[] {
  if (to.length > 0 || when.length > 0) return []
  return from.flatMap(fields => {
    const [field] = fields
    const any = fields.length === 1 && field !== undefined && isAny(field)
    return any
      ? [finding('SL1006', 'every workload with a certificate is allowed', field.place)]
      : []
  })
}

function isAny({ name, negated, values }: FieldView): boolean {
  return name === 'principals' && !negated && values.some(({ text }) => text === '*')
}

function openTokenEndpoint({ from, to, when }: RuleView): readonly Finding[] {
  if (from.length > 0 || when.length > 0) return []
  return to.flatMap(fields =>
    fields
      .filter(({ name, negated }) => name === 'paths' && !negated)
      .flatMap(({ values }) => values)
      .filter(({ text }) => isTokenEndpoint(text))
      .map(({ text, place }) => finding('SL1007', `anybody may call ${text}`, place)),
  )
}

/** The token endpoints of common authorization servers, by the end of their paths. */
function isTokenEndpoint(path: string): boolean {
  return /\/(?:oauth-token|(?:oauth2?|openid-connect|connect|oidc)(?:\/v[0-9.]+)?\/token)\*?$/.test(
    path.replace(/\/\{?\*+\}?$/, ''),
  )
}
