import type { LintContext } from '../context.js'
import { type Finding, finding } from '../finding.js'
import type { LintRule } from '../rule.js'
import type { SourceEntry, SourceMap, SourceNode } from '../source/source-node.js'
import { requiresCertificate } from './certificate-required.js'
import type { EnvoyFragment, PlacedMessage } from './fragment.js'
import { enumText, field, fieldAt, fieldText, isTrue } from './message.js'

/** RBAC filters: who a caller is said to be, and by which path a rule knows it. */
export const rbac: LintRule = {
  codes: ['SL3030', 'SL3031', 'SL3032'],
  check: context =>
    context.fragments.flatMap(fragment =>
      fragment.messages
        .filter(({ type }) => type === 'RBAC' || type === 'RBACPerRoute')
        .flatMap(message => [
          ...principals(fragment, message, context),
          ...paths(fragment, message),
        ]),
    ),
}

function principals(
  fragment: EnvoyFragment,
  message: PlacedMessage,
  context: LintContext,
): readonly Finding[] {
  return entriesNamed(message.body, 'authenticated').flatMap(({ keyPlace, value }) => {
    const name = field(value, 'principal_name')
    if (name === undefined) {
      if (value.kind !== 'map' || requiresCertificate(fragment, message, context)) return []
      return [finding('SL3031', 'any TLS connection counts as authenticated', keyPlace)]
    }
    return /spiffe|:\/\//.test(allText(name.value))
      ? [finding('SL3030', 'a DNS name may be spelt like the SPIFFE ID', name.keyPlace)]
      : []
  })
}

/** Envoy compares paths as they came unless the connection manager is told to normalise them. */
function paths(fragment: EnvoyFragment, { body, manager }: PlacedMessage): readonly Finding[] {
  if (manager === undefined || fragment.partial) return []
  const rules = fieldAt(body, 'rules')
  const [first] = [...entriesNamed(rules, 'url_path'), ...headerPaths(rules)]
  if (first === undefined) return []
  const missing = [
    ...(isTrue(fieldAt(manager, 'normalize_path')) ? [] : ['normalize_path']),
    ...(denies(rules) && !isTrue(fieldAt(manager, 'merge_slashes')) ? ['merge_slashes'] : []),
  ]
  if (missing.length === 0) return []
  const message = `paths are compared as the caller spelt them: ${missing.join(' and ')} is off`
  return [finding('SL3032', message, first.keyPlace)]
}

function denies(rules: SourceNode | undefined): boolean {
  return enumText(fieldAt(rules, 'action'), ['ALLOW', 'DENY', 'LOG']) === 'DENY'
}

function headerPaths(rules: SourceNode | undefined): readonly SourceEntry[] {
  return entriesNamed(rules, 'header').filter(({ value }) => fieldText(value, 'name') === ':path')
}

function entriesNamed(node: SourceNode | undefined, name: string): readonly SourceEntry[] {
  if (node === undefined || node.kind === 'scalar') return []
  if (node.kind === 'list') return node.items.flatMap(item => entriesNamed(item, name))
  return (node as SourceMap).entries.flatMap(entry =>
    entry.key === name || entry.key === camel(name) ? [entry] : entriesNamed(entry.value, name),
  )
}

function camel(name: string): string {
  return name.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())
}

function allText(node: SourceNode): string {
  if (node.kind === 'scalar') return String(node.value)
  if (node.kind === 'list') return node.items.map(allText).join(' ')
  return node.entries.map(({ value }) => allText(value)).join(' ')
}
