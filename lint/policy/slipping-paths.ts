import type { LintContext } from '../context.js'
import { type Finding, finding } from '../finding.js'
import type { LintRule } from '../rule.js'
import {
  allFields,
  type FieldView,
  keepsOut,
  type PolicyView,
  type RuleView,
  type ValueView,
} from './policy-view.js'
import { beside } from './scope.js'

/**
 * Paths and hosts that keep somebody out only as long as they are spelt in one way: those of a DENY
 * rule, and the `not` ones of an ALLOW rule. Silent when the ALLOW policies beside it let none of the
 * other spellings through.
 */
export const slippingPaths: LintRule = {
  codes: ['SL1011', 'SL1012', 'SL1013'],
  check: context =>
    context.policies.flatMap(policy =>
      policy.rules.flatMap(rule => [
        ...pathFindings(policy, rule, context),
        ...hostFindings(policy, rule),
      ]),
    ),
}

function pathFindings(
  policy: PolicyView,
  rule: RuleView,
  context: LintContext,
): readonly Finding[] {
  return allFields(rule)
    .filter(field => field.name === 'paths' && keepsOut(policy, field))
    .flatMap(field =>
      field.values.flatMap(value => {
        const spellings = otherSpellings(value.text, context.mesh.pathNormalization).filter(
          spelling => !field.values.some(({ text }) => matches(text, spelling)),
        )
        const open = spellings.find(spelling => mayPass(policy, spelling, context))
        return open === undefined ? [] : [slip(value, open)]
      }),
    )
}

function slip({ text, place }: ValueView, spelling: string): Finding {
  const code = text.includes('*') ? 'SL1012' : 'SL1011'
  return finding(code, `${spelling} is not ${text}`, place)
}

/** Spellings that a server behind may take for a path, and that reach the rule as they are. */
function otherSpellings(pattern: string, normalization: string | undefined): readonly string[] {
  if (!pattern.startsWith('/') || /^\/[*{]/.test(pattern) || pattern === '/') return []
  const merged = normalization === 'MERGE_SLASHES'
  if (normalization === 'DECODE_AND_MERGE_SLASHES') {
    return pattern.includes('*') ? [] : [`${pattern}/`]
  }
  const path = pattern.replace(/\{?\*+\}?.*$/, '')
  const encoded = `/x%2f..%2f${path.slice(1)}`
  if (pattern.includes('*')) return merged ? [encoded] : [`/${path}`, encoded]
  return merged ? [`${path}/`, encoded] : [`${path}/`, `/${path}`]
}

/** Whether an ALLOW policy may let the spelling through, or none is there to keep it out. */
function mayPass(policy: PolicyView, path: string, { policies, mesh }: LintContext): boolean {
  const allowing = beside(policy, policies, mesh).filter(({ action }) => action === 'ALLOW')
  if (allowing.length === 0) return true
  return policies
    .filter(({ action }) => action === 'ALLOW')
    .some(({ rules }) => rules.some(rule => allowsPath(rule, path)))
}

function allowsPath({ to }: RuleView, path: string): boolean {
  return to.length === 0 || to.some(fields => fields.every(field => pathFits(field, path)))
}

function pathFits({ name, negated, values }: FieldView, path: string): boolean {
  if (name !== 'paths') return true
  return values.some(({ text }) => matches(text, path)) !== negated
}

/** Like Istio, and for a template generously. */
function matches(pattern: string, path: string): boolean {
  if (pattern.includes('{')) return path.startsWith(pattern.slice(0, pattern.indexOf('{')))
  if (pattern === '*') return true
  if (pattern.startsWith('*')) return path.endsWith(pattern.slice(1))
  return pattern.endsWith('*') ? path.startsWith(pattern.slice(0, -1)) : path === pattern
}

function hostFindings(policy: PolicyView, rule: RuleView): readonly Finding[] {
  return allFields(rule)
    .filter(field => field.name === 'hosts' && keepsOut(policy, field))
    .flatMap(({ values }) =>
      values
        .filter(({ text }) => isWithoutPort(text) && !values.some(other => covers(other, text)))
        .map(({ text, place }) => finding('SL1013', `${text}:443 is not ${text}`, place)),
    )
}

function isWithoutPort(host: string): boolean {
  return host !== '*' && !host.endsWith('*') && !/:\d+$/.test(host)
}

function covers({ text }: ValueView, host: string): boolean {
  return text.endsWith('*') && `${host}:`.toLowerCase().startsWith(text.slice(0, -1).toLowerCase())
}
