import { type Finding, finding } from '../finding.js'
import type { LintRule } from '../rule.js'
import { allFields, type FieldView, letsIn, type ValueView } from './policy-view.js'

/**
 * Patterns and names of identities that let in more than their author had in mind: what ends in the
 * middle of a name, what leaves the namespace open, and the service account that is everybody's.
 *
 * A prefix that ends in a separator of names (`-`, `.`, `_`) was meant as one and is left alone.
 */
export const identityPatterns: LintRule = {
  codes: ['SL1001', 'SL1002', 'SL1003', 'SL1004'],
  check: ({ policies }) =>
    policies.flatMap(policy =>
      policy.rules
        .flatMap(allFields)
        .filter(field => letsIn(policy, field))
        .flatMap(field => field.values.flatMap(value => problems(field, value))),
    ),
}

function problems({ name }: FieldView, value: ValueView): readonly Finding[] {
  switch (name) {
    case 'principals':
      return principalProblems(value)
    case 'namespaces':
      return namespaceProblems(value)
    case 'serviceAccounts':
      return isDefaultAccount(value.text.split('/').at(-1)) ? [defaultAccount(value)] : []
    default:
      return []
  }
}

function principalProblems(value: ValueView): readonly Finding[] {
  const { text, place } = value
  if (text === '*' || text.startsWith('spiffe://')) return []
  if (text.startsWith('*')) return suffixProblems(value)
  if (text.endsWith('*')) {
    if (!/[A-Za-z0-9]\*$/.test(text)) return []
    const example = `${text.slice(0, -1)}-evil`
    const message = `${text} names ${example}${example.includes('/sa/') ? '' : '/…'} too`
    return [finding('SL1001', message, place)]
  }
  return isDefaultAccount(/\/sa\/([^/]+)$/.exec(text)?.[1]) ? [defaultAccount(value)] : []
}

function suffixProblems(value: ValueView): readonly Finding[] {
  const { text, place } = value
  const suffix = text.slice(1)
  if (/^\/ns\/[^/]+\/sa\/[^/]+$/.test(suffix)) {
    return isDefaultAccount(suffix.split('/').at(-1)) ? [defaultAccount(value)] : []
  }
  if (/^[A-Za-z0-9]/.test(suffix) && !/^(?:ns|sa)\//.test(suffix)) {
    return [finding('SL1001', `${text} names every identity that ends in evil${suffix} too`, place)]
  }
  if (!suffix.includes('/ns/')) {
    return [finding('SL1002', `${text} names a service account of any namespace`, place)]
  }
  return []
}

function namespaceProblems({ text, place }: ValueView): readonly Finding[] {
  if (!/[A-Za-z0-9]\*$/.test(text)) return []
  return [finding('SL1003', `${text} names ${text.slice(0, -1)}-evil too`, place)]
}

function isDefaultAccount(name: string | undefined): boolean {
  return name === 'default'
}

function defaultAccount({ text, place }: ValueView): Finding {
  return finding('SL1004', `${text} is whatever runs without a service account of its own`, place)
}
