import type { Clause, Condition, Pattern, Rule } from '../authorization-policy.js'
import type { Place } from '../diagnostic.js'
import { nearestName } from '../suggestion.js'
import type { YamlEntry, YamlNode } from '../yaml/yaml-source.js'
import { type Report, readFields, readList, readText } from './policy-fields.js'
import {
  conditionKeys,
  conditionTerm,
  operationTerms,
  sourceTerms,
  type Term,
  type UnseenTerm,
} from './policy-vocabulary.js'
import { isRefusal } from './value-pattern.js'
import { isHeaderName, neverMatching } from './value-warning.js'

/** The policy that a rule stands in. */
export interface RuleOwner {
  readonly namespace: string
  readonly name: string
}

/**
 * Reads one item of `spec.rules` by Istio's validation: a `source` and an `operation` are not empty,
 * identities are asked for in one way, a condition has a known key and a value, no value is empty.
 */
export function readRule(node: YamlNode, index: number, owner: RuleOwner, report: Report): Rule {
  const where = `spec.rules[${index}]`
  const elsewhere = {
    'from[].source': bothForms(sourceTerms),
    'to[].operation': bothForms(operationTerms),
  }
  const fields = readFields(node, where, ['from', 'to', 'when'], report, elsewhere)
  const read = { where, owner, report }
  const from = items(fields.get('from'), where, report)
  if (from.length > 512) {
    const hint = 'Split the rule.'
    report('SC0204', `${where}.from has more than 512 items`, hint, (from[512] ?? node).place)
  }
  return {
    name: `ns[${owner.namespace}]-policy[${owner.name}]-rule[${index}]`,
    from: from.map((item, at) => readClause(item, `from[${at}]`, 'source', sourceTerms, read)),
    to: items(fields.get('to'), where, report).map((item, at) => {
      return readClause(item, `to[${at}]`, 'operation', operationTerms, read)
    }),
    when: items(fields.get('when'), where, report).flatMap((item, at) => {
      return readWhen(item, `when[${at}]`, read)
    }),
    place: node.place,
  }
}

interface RuleReading {
  readonly where: string
  readonly owner: RuleOwner
  readonly report: Report
}

function items(entry: YamlEntry | undefined, where: string, report: Report): readonly YamlNode[] {
  return entry === undefined ? [] : readList(entry.value, `${where}.${entry.key}`, report)
}

function readClause(
  node: YamlNode,
  at: string,
  wrapper: 'source' | 'operation',
  terms: Readonly<Record<string, Term | UnseenTerm>>,
  read: RuleReading,
): Clause {
  const { report } = read
  const where = `${read.where}.${at}`
  const known = bothForms(terms)
  const inner = readFields(node, where, [wrapper], report, { [wrapper]: known }).get(wrapper)
  if (inner === undefined) {
    if (saysNothing(node)) {
      report('SC0204', `${where} has no ${wrapper}`, `Add one, or remove the item.`, node.place)
    }
    return []
  }
  const fields = readFields(inner.value, `${where}.${wrapper}`, known, report)
  const clause: Condition[] = []
  for (const entry of fields.values()) {
    const negated = !Object.hasOwn(terms, entry.key)
    const term = terms[negated ? positiveForm(entry.key) : entry.key]
    const values = readList(entry.value, `${where}.${wrapper}.${entry.key}`, report)
    // An empty list is no list: Istio drops it.
    if (term === undefined || values.length === 0) continue
    const field = `${at}.${wrapper}.${entry.key}`
    const condition = readCondition(values, field, term, negated, entry, read)
    if (condition !== undefined) clause.push(condition)
  }
  if (saysNothing(inner.value)) {
    const hint = `Ask for something, or remove ${at.startsWith('from') ? 'from' : 'to'} to mean any.`
    report('SC0204', `${where}.${wrapper} asks for nothing`, hint, inner.keyPlace)
  }
  if (wrapper === 'source') refuseMixedIdentities([...fields.values()], where, report)
  return clause
}

/** Tells whether a mapping is there with nothing in it but nulls and empty lists. */
function saysNothing(node: YamlNode): boolean {
  return (
    node.kind === 'map' &&
    node.entries.every(({ value }) => {
      return value.kind === 'list'
        ? value.items.length === 0
        : value.kind === 'scalar' && value.value === null
    })
  )
}

/** The cluster's API minds the fields that are there, also those with an empty list. */
function refuseMixedIdentities(set: readonly YamlEntry[], where: string, report: Report): void {
  const account = set.find(({ key }) => /^(?:notS|s)erviceAccounts$/.test(key))
  const other = set.find(({ key }) => /^(?:notP|p)rincipals$|^(?:notN|n)amespaces$/.test(key))
  if (account === undefined || other === undefined) return
  const message = `${where}.source has both ${account.key} and ${other.key}`
  report('SC0204', message, 'Ask for identities in one of the two ways.', account.keyPlace)
}

function readWhen(node: YamlNode, at: string, read: RuleReading): readonly Condition[] {
  const { report } = read
  const where = `${read.where}.${at}`
  const fields = readFields(node, where, ['key', 'values', 'notValues'], report)
  const key = fields.get('key')
  if (key === undefined) {
    if (node.kind === 'map') report('SC0204', `${where} has no key`, keyHint, node.place)
    return []
  }
  const name = readText(key.value, `${where}.key`, report)
  if (name === undefined) return []
  const term = conditionTerm(name)
  if (term === undefined || 'rejected' in term) {
    const near = nearestName(name, conditionKeys)
    const hint = term?.hint ?? (near === undefined ? keyHint : `Did you mean ${near}?`)
    const problem = term?.rejected ?? 'is not a key that a condition may have'
    report('SC0204', `${where}.key: ${name} ${problem}`, hint, key.value.place)
    return []
  }
  const lists = [fields.get('values'), fields.get('notValues')].flatMap(entry => {
    const values = items(entry, where, report)
    return entry === undefined || values.length === 0 ? [] : { entry, values }
  })
  if (lists.length === 0) {
    const hint = 'Add one of them, with at least one value.'
    report('SC0204', `${where} has neither values nor notValues`, hint, key.value.place)
  }
  if ('unseen' in term) {
    report('SC0205', `${where}.key: ${name} ${term.unseen}`, term.hint, key.value.place)
    return []
  }
  if (term.attribute.kind === 'header' && !isHeaderName(term.attribute.name)) {
    const message = `${where}.key: no header is named ${term.attribute.name}`
    report('SC0208', message, 'Write the name alone between the brackets.', key.value.place)
  }
  return lists.flatMap(({ entry, values }) => {
    const negated = entry.key === 'notValues'
    return readCondition(values, `${at}.${entry.key}`, term, negated, entry, read) ?? []
  })
}

const keyHint = `It takes ${conditionKeys.join(', ')}.`

function readCondition(
  values: readonly YamlNode[],
  field: string,
  term: Term | UnseenTerm,
  negated: boolean,
  entry: YamlEntry,
  { where, owner, report }: RuleReading,
): Condition | undefined {
  if ('unseen' in term) {
    report('SC0205', `${where}.${field} ${term.unseen}`, term.hint, entry.keyPlace)
    return undefined
  }
  if (term.maximum !== undefined && values.length > term.maximum) {
    const message = `${where}.${field} has more than ${term.maximum} values`
    report('SC0204', message, 'Split the rule.', (values[term.maximum] ?? entry.value).place)
  }
  const patterns = values.flatMap((value, index) => {
    const whole = `${where}.${field}[${index}]`
    const text = readText(value, whole, report)
    return text === undefined ? [] : (readValue(text, whole, value.place) ?? [])
  })
  return { field, attribute: term.attribute, negated, patterns, place: entry.keyPlace }

  function readValue(text: string, whole: string, place: Place): Pattern | undefined {
    if (text === '') {
      report('SC0204', `${whole} is empty`, 'Remove it, or write * for any.', place)
      return undefined
    }
    const { attribute, read } = term as Term
    const result = read(text, owner.namespace)
    if (isRefusal(result)) {
      report(result.code, `${whole}: ${text} ${result.problem}`, result.hint, place)
      return undefined
    }
    const [problem, hint] = neverMatching(attribute, result) ?? []
    if (problem && hint) report('SC0208', `${whole}: ${text} ${problem}`, hint, place)
    return result
  }
}

function bothForms(terms: Readonly<Record<string, unknown>>): readonly string[] {
  return Object.keys(terms).flatMap(key => [
    key,
    `not${key.charAt(0).toUpperCase()}${key.slice(1)}`,
  ])
}

/** `notIpBlocks` -> `ipBlocks`. */
function positiveForm(key: string): string {
  return `${key.charAt(3).toLowerCase()}${key.slice(4)}`
}
