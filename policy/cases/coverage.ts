import type { AuthorizationPolicy, Condition, PolicyAction } from '../authorization-policy.js'
import type { CompiledPolicies } from '../compile-policies.js'
import type { Place } from '../diagnostic.js'
import type { Facts } from '../facts.js'
import { matchesRule } from '../matching/rule-match.js'
import { type ConditionSide, possibleSides } from './condition-sides.js'

/** What the cases of a run have tried of the policies. */
export interface Coverage {
  readonly rules: Share
  /** A field counts when each side that it can have was seen. */
  readonly fields: Share
  /** Every rule of every policy, in the order of the files. */
  readonly details: readonly RuleCoverage[]
}

/** So many of so many. */
export interface Share {
  readonly covered: number
  readonly total: number
}

/** How often a rule was tried. */
export interface RuleCoverage {
  /** `ns[NAMESPACE]-policy[NAME]-rule[INDEX]`. */
  readonly rule: string
  readonly action: PolicyAction
  /** How many cases are for a workload that its policy selects. */
  readonly asked: number
  /** How many of them it matched; with none it is not covered. */
  readonly matched: number
  readonly fields: readonly FieldCoverage[]
  readonly place: Place
}

/** How often a field of a rule was tried, by itself, whatever stood beside it. */
export interface FieldCoverage {
  /** As the policy spells it, such as `to[0].operation.paths`. */
  readonly field: string
  /** How many cases it held in. A case that cannot decide it counts on neither side. */
  readonly held: number
  /** How many cases it did not hold in. */
  readonly failed: number
  /** The sides that no case has shown. */
  readonly missing: readonly ConditionSide[]
  readonly place: Place
}

/** Takes part in a run of cases and says afterwards what they tried. */
export interface CoverageCount {
  /** Counts one request to a workload with these policies. */
  count(compiled: CompiledPolicies, facts: Facts): void
  /** What was counted so far. */
  coverage(): Coverage
}

/**
 * Counts what requests try of policies. Also a policy that no request comes near is there, since
 * nothing is less tested than that.
 */
export function coverageCount(policies: readonly AuthorizationPolicy[]): CoverageCount {
  const tallies = new Map<string, RuleTally>()
  const tallyOf = (rule: string) => {
    const known = tallies.get(rule) ?? { asked: 0, matched: 0, fields: new Map() }
    tallies.set(rule, known)
    return known
  }
  return {
    count({ audit, enforced, withDryRun }, facts) {
      const { deny, allow } = withDryRun ?? enforced
      for (const rule of [...audit, ...deny, ...allow]) {
        const tally = tallyOf(rule.name)
        tally.asked++
        if (matchesRule(rule, facts)) tally.matched++
        for (const { condition, test } of [...rule.from, ...rule.to, rule.when].flat()) {
          const { field } = condition
          const sides = tally.fields.get(field) ?? { match: 0, mismatch: 0, unknown: 0 }
          sides[test(facts)]++
          tally.fields.set(field, sides)
        }
      }
    },
    coverage() {
      const details = policies.flatMap(({ action, rules }) => {
        return rules.map(({ name, from, to, when, place }) => {
          const { asked, matched, fields } = tallyOf(name)
          const conditions = [...from, ...to, when].flat()
          const covered = conditions.map(each => fieldCoverage(each, fields.get(each.field)))
          return { rule: name, action, asked, matched, fields: covered, place }
        })
      })
      const fields = details.flatMap(rule => rule.fields)
      return {
        rules: shareOf(details, ({ matched }) => matched > 0),
        fields: shareOf(fields, ({ missing }) => missing.length === 0),
        details,
      }
    },
  }
}

/** What share it is in per cent, 0 to 100; of nothing, all. Rounded down, so that 100 means all. */
export function percentOf({ covered, total }: Share): number {
  return total === 0 ? 100 : Math.floor((covered * 1000) / total) / 10
}

interface RuleTally {
  asked: number
  matched: number
  readonly fields: Map<string, OutcomeTally>
}

interface OutcomeTally {
  match: number
  mismatch: number
  unknown: number
}

function fieldCoverage(condition: Condition, tally: OutcomeTally | undefined): FieldCoverage {
  const { field, place } = condition
  const seen = { holds: tally?.match ?? 0, fails: tally?.mismatch ?? 0 }
  const missing = possibleSides(condition).filter(side => seen[side] === 0)
  return { field, held: seen.holds, failed: seen.fails, missing, place }
}

function shareOf<T>(items: readonly T[], isCovered: (item: T) => boolean): Share {
  return { covered: items.filter(isCovered).length, total: items.length }
}
