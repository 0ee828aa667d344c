import fc from 'fast-check'
import { conditionFields, type Fields, operationFields, sourceFields } from './field.js'
import { paths, type ValueArbitrary } from './pattern.js'
import type { Vocabulary } from './request.js'

/** Plain data of an AuthorizationPolicy. */
export type PolicyData = { readonly [key: string]: unknown }

/** The list of values of one field, under its name or as `not`. */
type Field = readonly [key: string, values: readonly string[]]

function valueList(arbitrary: ValueArbitrary): fc.Arbitrary<readonly string[]> {
  return fc.array(arbitrary, { minLength: 1, maxLength: 3 })
}

function notForm(name: string): string {
  return `not${name.charAt(0).toUpperCase()}${name.slice(1)}`
}

function anyField(fields: Fields): fc.Arbitrary<Field> {
  return fc.constantFrom(...Object.entries(fields)).chain(([name, value]) => {
    const key = fc.constantFrom(name, name, notForm(name))
    return fc.tuple(key, valueList(value))
  })
}

/** One or two fields of a source or an operation. */
function clause(wrapper: string, fields: Fields): fc.Arbitrary<PolicyData> {
  return fc.array(anyField(fields), { minLength: 1, maxLength: 2 }).map(entries => {
    const accounts = entries.some(([key]) => /erviceAccounts/.test(key))
    const kept = entries.filter(([key]) => {
      // Istio takes only one way to ask for an identity.
      return !accounts || !/rincipals|amespaces/.test(key)
    })
    return { [wrapper]: Object.fromEntries(kept) }
  })
}

function condition(fields: Fields): fc.Arbitrary<PolicyData> {
  const forms = fc.constantFrom(['values'], ['values'], ['notValues'], ['values', 'notValues'])
  return fc
    .tuple(fc.constantFrom(...Object.entries(fields)), forms)
    .chain(([[key, value], lists]) => {
      const chosen = Object.fromEntries(lists.map(list => [list, valueList(value)]))
      return fc.record(chosen).map(values => ({ key, ...values }))
    })
}

function rule(words: Vocabulary): fc.Arbitrary<PolicyData> {
  const some = (item: fc.Arbitrary<PolicyData>) => fc.array(item, { minLength: 1, maxLength: 2 })
  return fc
    .record({
      from: some(clause('source', sourceFields(words))),
      to: some(clause('operation', operationFields(words))),
      when: some(condition(conditionFields(words))),
      parts: fc.constantFrom<string[]>(
        ...[['from'], ['to'], ['when'], ['from', 'to'], ['from', 'when'], ['to', 'when'], []],
      ),
    })
    .map(({ parts, ...all }) => {
      return Object.fromEntries(Object.entries(all).filter(([part]) => parts.includes(part)))
    })
}

interface PolicyParts {
  readonly action: string
  readonly namespace: string
  readonly selector?: PolicyData | undefined
  readonly dryRun: string
  readonly rules: readonly PolicyData[]
}

/** Makes one to three policies of a vocabulary, of every action, enforced and in dry run. */
function mixed(words: Vocabulary): fc.Arbitrary<readonly PolicyParts[]> {
  const policy = fc.record({
    action: fc.constantFrom('ALLOW', 'ALLOW', 'ALLOW', 'DENY', 'DENY', 'AUDIT'),
    namespace: fc.constantFrom('shop', 'shop', 'shop', 'istio-system', 'other'),
    selector: fc.constantFrom(undefined, undefined, undefined, { app: 'orders' }, { app: 'x' }),
    dryRun: fc.constantFrom('false', 'false', 'true'),
    rules: fc.array(rule(words), { minLength: 1, maxLength: 2 }),
  })
  return fc.array(policy, { minLength: 1, maxLength: 3 })
}

/** Every rule that asks for one thing only, by number: each field, each key, plain and as `not`. */
function singleRules(words: Vocabulary): readonly fc.Arbitrary<PolicyData>[] {
  const clauses = [
    ['from', 'source', sourceFields(words)],
    ['to', 'operation', operationFields(words)],
    // There is more to paths than to others.
    ['to', 'operation', { paths: paths(words) }],
    ['to', 'operation', { paths: paths(words) }],
  ] as const
  const ofClauses = clauses.flatMap(([part, wrapper, fields]) => {
    return Object.entries(fields).flatMap(([name, value]) => {
      return [name, notForm(name)].map(key => {
        return valueList(value).map(values => ({ [part]: [{ [wrapper]: { [key]: values } }] }))
      })
    })
  })
  const ofWhen = Object.entries(conditionFields(words)).flatMap(([key, value]) => {
    return ['values', 'notValues'].map(list => {
      return valueList(value).map(values => ({ when: [{ key, [list]: values }] }))
    })
  })
  return [...ofClauses, ...ofWhen]
}

/** Makes one policy that asks for one thing only, on which the verdict then hangs. */
function focused(words: Vocabulary, focus: number): fc.Arbitrary<readonly PolicyParts[]> {
  const rules = singleRules(words)
  const policy = fc.record({
    action: fc.constantFrom('ALLOW', 'ALLOW', 'DENY'),
    namespace: fc.constantFrom('shop', 'istio-system'),
    dryRun: fc.constant('false'),
    rules: fc.tuple(rules[focus % rules.length] as fc.Arbitrary<PolicyData>),
  })
  return fc.tuple(policy)
}

/**
 * Makes the policies of a case: some of every kind, or one that asks for one thing only.
 *
 * @param focus - which thing, of all that policies can ask for in turn
 */
export function policiesArbitrary(
  words: Vocabulary,
  focus: number | undefined,
): fc.Arbitrary<readonly PolicyData[]> {
  const parts = focus === undefined ? mixed(words) : focused(words, focus)
  return parts.map(policies => {
    return policies.map(({ action, namespace, selector, dryRun, rules }, index) => ({
      apiVersion: 'security.istio.io/v1',
      kind: 'AuthorizationPolicy',
      metadata: {
        name: `p${index}`,
        namespace,
        ...(action === 'AUDIT' ? {} : { annotations: { 'istio.io/dry-run': dryRun } }),
      },
      spec: {
        action,
        rules,
        ...(selector === undefined ? {} : { selector: { matchLabels: selector } }),
      },
    }))
  })
}
