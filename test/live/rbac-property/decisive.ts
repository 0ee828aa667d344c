import {
  type AuthorizationPolicy,
  type Clause,
  type CompiledPolicies,
  type CompileOptions,
  type Condition,
  compilePolicies,
  decide,
} from '../../../policy/index.js'
import {
  conditionKeys,
  conditionTerm,
  operationTerms,
  sourceTerms,
} from '../../../policy/reading/policy-vocabulary.js'
import type { Decided } from './comparison.js'

/** A change to policies that takes one thing out of what they say, by the name of the thing. */
type Omission = readonly [thing: string, change: (condition: Condition) => Condition]

/**
 * Counts on how many requests each thing that policies say was decisive: without it the verdict would
 * have been another. Fields are counted with their `not` turned round, kinds of patterns as left out.
 */
export function countDecisive(
  policies: readonly (readonly AuthorizationPolicy[])[],
  options: readonly CompileOptions[],
  decided: readonly Decided[],
): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const [number, own] of policies.entries()) {
    const requests = decided.filter(({ question }) => question.caseNumber === number)
    const compiled = compilePolicies(own, options[number] as CompileOptions)
    for (const [thing, changed] of changedPolicies(own)) {
      const other = compilePolicies(changed, options[number] as CompileOptions)
      const decisive = requests.filter(
        ({ facts }) => verdict(compiled, facts) !== verdict(other, facts),
      )
      counts.set(thing, (counts.get(thing) ?? 0) + decisive.length)
    }
  }
  return counts
}

function verdict(compiled: CompiledPolicies, facts: Decided['facts']): string {
  return decide(compiled, facts).verdict
}

function changedPolicies(
  policies: readonly AuthorizationPolicy[],
): ReadonlyMap<string, readonly AuthorizationPolicy[]> {
  const conditions = policies.flatMap(({ rules }) => {
    return rules.flatMap(({ from, to, when }) => [...from.flat(), ...to.flat(), ...when])
  })
  const omissions = new Map<string, Omission[1]>(conditions.flatMap(omissionsOf))
  return new Map([
    ...[...omissions].map(([thing, change]) => [thing, changeAll(policies, change)] as const),
    ...['ALLOW', 'DENY'].flatMap(action => {
      const others = policies.filter(policy => policy.action !== action)
      return others.length === policies.length ? [] : [[`action ${action}`, others] as const]
    }),
  ])
}

function omissionsOf(condition: Condition): readonly Omission[] {
  const field = fieldName(condition)
  const turned: Omission = [
    field,
    other => (fieldName(other) === field ? { ...other, negated: !other.negated } : other),
  ]
  const kinds = condition.patterns.map(({ kind: left }): Omission => {
    const without = (other: Condition) => other.patterns.filter(({ kind }) => kind !== left)
    return [`pattern ${left}`, other => ({ ...other, patterns: without(other) })]
  })
  return [turned, ...kinds]
}

/** Such as `source.notPrincipals`, or `when remote-ip notValues`. */
function fieldName({ field, attribute }: Condition): string {
  const name = field.replaceAll(/^(?:from|to|when)\[\d+\]\./g, '')
  if (!field.startsWith('when')) return name
  if (attribute.kind !== 'header') return `when ${attribute.kind} ${name}`
  const special = /^:|^host$/.test(attribute.name)
  return `when ${special ? attribute.name : 'header'} ${name}`
}

/** Everything that a policy can say, by the names that {@link countDecisive} has for it. */
export function allThings(): readonly string[] {
  const clauses = { source: sourceTerms, operation: operationTerms }
  const fields = Object.entries(clauses).flatMap(([wrapper, terms]) => {
    return Object.keys(terms)
      .filter(name => 'read' in (terms[name] ?? {}))
      .flatMap(name => [name, `not${name.charAt(0).toUpperCase()}${name.slice(1)}`])
      .map(name => `${wrapper}.${name}`)
  })
  const conditions = conditionKeys.flatMap(key => {
    const term = conditionTerm(key)
    const kind = term !== undefined && 'read' in term ? term.attribute.kind : key
    return [`when ${kind} values`, `when ${kind} notValues`]
  })
  const kinds = ['exact', 'prefix', 'suffix', 'any', 'template', 'namespace', 'service-account']
  const patterns = [...kinds, 'address-range', 'port'].map(kind => `pattern ${kind}`)
  return [...fields, ...conditions, ...patterns, 'action ALLOW', 'action DENY']
}

function changeAll(
  policies: readonly AuthorizationPolicy[],
  change: (condition: Condition) => Condition,
): readonly AuthorizationPolicy[] {
  const changeClause = (clause: Clause) => clause.map(change)
  return policies.map(policy => ({
    ...policy,
    rules: policy.rules.map(({ from, to, when, ...rest }) => {
      return {
        ...rest,
        from: from.map(changeClause),
        to: to.map(changeClause),
        when: when.map(change),
      }
    }),
  }))
}
