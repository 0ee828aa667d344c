import {
  type AuthorizationPolicy,
  type Diagnostic,
  type Place,
  readAuthorizationPolicies,
} from '../../policy/index.js'
import type { Resource } from '../kubernetes/resource.js'
import { entryAt, labelsAt, mapsAt, textAt, textOf, valueAt } from '../source/field.js'
import type { SourceEntry, SourceMap } from '../source/source-node.js'

/** An AuthorizationPolicy as its file has it, with the places of single values. */
export interface PolicyView {
  readonly resource: Resource
  readonly action: 'ALLOW' | 'DENY' | 'AUDIT' | 'CUSTOM'
  readonly matchLabels: Readonly<Record<string, string>>
  readonly rules: readonly RuleView[]
  /** As the reader of policies has it; undefined when it has objections to it. */
  readonly policy: AuthorizationPolicy | undefined
  readonly diagnostics: readonly Diagnostic[]
}

/** One item of `spec.rules`. */
export interface RuleView {
  readonly place: Place
  /** Each source, as its fields; no source at all stands for any. */
  readonly from: readonly (readonly FieldView[])[]
  readonly to: readonly (readonly FieldView[])[]
  readonly when: readonly FieldView[]
}

/** One field of a source or an operation, or one list of a condition. */
export interface FieldView {
  /** In the plural of a source and an operation, such as `principals`; `request.headers[x]` etc. */
  readonly name: string
  readonly negated: boolean
  readonly values: readonly ValueView[]
  readonly place: Place
}

/** One value of a field. */
export interface ValueView {
  readonly text: string
  readonly place: Place
}

/** What a `when` calls what a source or an operation has a field for. */
const plurals: Readonly<Record<string, string>> = {
  'source.principal': 'principals',
  'source.namespace': 'namespaces',
  'source.serviceAccount': 'serviceAccounts',
  'source.trustDomain': 'trustDomains',
  'source.ip': 'ipBlocks',
  'remote.ip': 'remoteIpBlocks',
  'request.auth.principal': 'requestPrincipals',
  'destination.port': 'ports',
}

/** The fields that ask for who calls, by certificate. */
export const identityFields: readonly string[] = [
  'principals',
  'namespaces',
  'serviceAccounts',
  'trustDomains',
]

/**
 * Views an AuthorizationPolicy. What Istio or sidecert objects to is among the diagnostics.
 *
 * @param text - the file; the reader of policies gets the object alone, where it stands in it
 */
export function policyView(resource: Resource, text: string): PolicyView {
  const spec = valueAt(resource.node, 'spec')
  const { policies, diagnostics } = readAuthorizationPolicies(
    standingAlone(resource, text),
    resource.file,
    { defaultNamespace: resource.namespace ?? 'default' },
  )
  const action = textAt(spec, 'action') ?? 'ALLOW'
  return {
    resource,
    action: action === 'DENY' || action === 'AUDIT' || action === 'CUSTOM' ? action : 'ALLOW',
    matchLabels: labelsAt(spec, 'selector', 'matchLabels'),
    rules: mapsAt(spec, 'rules').map(ruleView),
    policy: policies[0],
    // Alone, an object may lack the anchors of its file; and a template is none yet.
    diagnostics: isTemplate(resource, text)
      ? []
      : diagnostics.filter(({ code }) => code !== 'SC0002'),
  }
}

function isTemplate({ node }: Resource, text: string): boolean {
  return text.slice(...node.span).includes('{{')
}

/** The object with everything around it taken out, each character in its line and column. */
function standingAlone({ node }: Resource, text: string): string {
  const { line, column } = node.place
  const [from, to] = node.span
  return `${'\n'.repeat(line - 1)}${' '.repeat(column - 1)}${text.slice(from, to)}\n`
}

function ruleView(rule: SourceMap): RuleView {
  return {
    place: rule.place,
    from: mapsAt(rule, 'from').map(item => fields(valueAt(item, 'source'))),
    to: mapsAt(rule, 'to').map(item => fields(valueAt(item, 'operation'))),
    when: mapsAt(rule, 'when').flatMap(conditions),
  }
}

function fields(clause: ReturnType<typeof valueAt>): readonly FieldView[] {
  if (clause?.kind !== 'map') return []
  return clause.entries.flatMap(entry => {
    const negated = /^not[A-Z]/.test(entry.key)
    const name = negated ? entry.key.charAt(3).toLowerCase() + entry.key.slice(4) : entry.key
    return fieldView(name, negated, entry)
  })
}

function conditions(item: SourceMap): readonly FieldView[] {
  const key = textAt(item, 'key') ?? ''
  const name = plurals[key] ?? key
  return [false, true].flatMap(negated => {
    const entry = entryAt(item, negated ? 'notValues' : 'values')
    return entry === undefined ? [] : fieldView(name, negated, entry)
  })
}

function fieldView(name: string, negated: boolean, entry: SourceEntry): readonly FieldView[] {
  if (entry.value.kind !== 'list') return []
  const values = entry.value.items.flatMap(item => {
    const text = textOf(item)
    return text === undefined ? [] : [{ text, place: item.place }]
  })
  return values.length === 0 ? [] : [{ name, negated, values, place: entry.keyPlace }]
}

/** Every field of a rule. */
export function allFields({ from, to, when }: RuleView): readonly FieldView[] {
  return [...from.flat(), ...to.flat(), ...when]
}

/**
 * Tells whether more matches of a field mean more access: what an ALLOW policy names, and what a DENY
 * policy exempts.
 */
export function letsIn({ action }: PolicyView, { negated }: FieldView): boolean {
  return action === (negated ? 'DENY' : 'ALLOW')
}

/** Tells whether fewer matches of a field mean more access. */
export function keepsOut({ action }: PolicyView, { negated }: FieldView): boolean {
  return action === (negated ? 'ALLOW' : 'DENY')
}
