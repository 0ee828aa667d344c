import {
  type AuthorizationPolicy,
  type Condition,
  expandTrustDomains,
  type Rule,
} from '../../policy/index.js'
import type { LintContext } from '../context.js'
import { type Finding, finding } from '../finding.js'
import type { LintRule } from '../rule.js'
import { exclude, implies } from './containment.js'
import type { PolicyView } from './policy-view.js'
import { reachesAllOf } from './scope.js'

/** All conditions of one way in which a rule matches: a source, an operation and every `when`. */
type Conjunction = readonly Condition[]

interface Candidate {
  readonly view: PolicyView
  readonly rule: Rule
  readonly ways: readonly Conjunction[]
}

/**
 * Rules that do nothing: their conditions exclude each other, or a wider rule decides everything
 * that they match in the same way, or a DENY rule denies it all.
 *
 * A wider rule counts only in policies that select every workload of the narrower one, and only when
 * the patterns alone show that it matches whatever the other one does.
 */
export const effectlessRules: LintRule = {
  codes: ['SL1014', 'SL1015', 'SL1016'],
  check: context => {
    const candidates = context.policies.flatMap(view => candidatesOf(view, context))
    const never = candidates.filter(({ ways }) => ways.every(contradicts))
    const live = candidates.filter(candidate => !never.includes(candidate))
    return [
      ...never.map(({ rule }) =>
        finding('SL1014', `${rule.name} asks for what excludes each other`, rule.place),
      ),
      ...live.flatMap(candidate => shadowed(candidate, live, context)),
    ]
  },
}

/** Rules in dry run and AUDIT rules decide nothing, so that none takes another's effect. */
function candidatesOf(view: PolicyView, { mesh }: LintContext): readonly Candidate[] {
  if (view.policy === undefined || view.policy.dryRun || view.action === 'AUDIT') return []
  const trustDomain = mesh.trustDomain ?? 'cluster.local'
  const policy: AuthorizationPolicy = expandTrustDomains(view.policy, {
    trustDomain,
    trustDomainAliases: mesh.trustDomainAliases,
  })
  return policy.rules.flatMap(rule => {
    const ways = waysOf(rule)
    return ways.length > maximumWays ? [] : [{ view, rule, ways }]
  })
}

const maximumWays = 64

function waysOf({ from, to, when }: Rule): readonly Conjunction[] {
  const sources = from.length === 0 ? [[]] : from
  const operations = to.length === 0 ? [[]] : to
  return sources.flatMap(source => operations.map(operation => [...source, ...operation, ...when]))
}

function contradicts(way: Conjunction): boolean {
  return way.some((one, index) => way.slice(index + 1).some(other => exclude(one, other)))
}

function shadowed(
  candidate: Candidate,
  all: readonly Candidate[],
  { mesh }: LintContext,
): readonly Finding[] {
  const { view, rule } = candidate
  const wider = all.find(other => {
    if (other === candidate || !reachesAllOf(other.view, view, mesh)) return false
    // What a DENY rule exempts may still need to be allowed, but never the other way round.
    if (view.action === 'DENY' && other.view.action !== 'DENY') return false
    return (
      covers(other, candidate) && !(isTwin(other, candidate, mesh) && isLater(other, candidate))
    )
  })
  if (wider === undefined) return []
  const { file, line } = wider.rule.place
  const where = file === rule.place.file ? `line ${line}` : `${file}, line ${line}`
  if (view.action !== wider.view.action) {
    const message = `the DENY rule ${wider.rule.name} (${where}) denies all that ${rule.name} allows`
    return [finding('SL1015', message, rule.place)]
  }
  return isTwin(wider, candidate, mesh)
    ? [finding('SL1016', `${rule.name} is the same as ${wider.rule.name} (${where})`, rule.place)]
    : [
        finding(
          'SL1015',
          `${wider.rule.name} (${where}) matches all that ${rule.name} does`,
          rule.place,
        ),
      ]
}

function covers(wide: Candidate, narrow: Candidate): boolean {
  return narrow.ways.every(way => contradicts(way) || wide.ways.some(other => follows(other, way)))
}

/** Tells whether each condition follows from one that is given. */
function follows(wanted: Conjunction, given: Conjunction): boolean {
  return wanted.every(condition => given.some(other => implies(other, condition)))
}

function isTwin(one: Candidate, other: Candidate, mesh: LintContext['mesh']): boolean {
  return (
    one.view.action === other.view.action &&
    covers(other, one) &&
    reachesAllOf(other.view, one.view, mesh)
  )
}

function isLater(one: Candidate, other: Candidate): boolean {
  const [a, b] = [one.rule.place, other.rule.place]
  if (a.file !== b.file) return a.file > b.file
  return a.line !== b.line ? a.line > b.line : a.column > b.column
}
