import type { AuthorizationPolicy } from '../authorization-policy.js'
import { type Diagnostic, diagnostic, hasErrors } from '../diagnostic.js'
import { nearestName } from '../suggestion.js'
import { readYamlDocuments, type YamlMap, type YamlNode } from '../yaml/yaml-source.js'
import { entryOf } from '../yaml/yaml-value.js'
import { type Report, readFields, readList, reportTo } from './policy-fields.js'
import { type PolicyMetadata, readDryRun, readMetadata } from './policy-metadata.js'
import { readSpec } from './policy-spec.js'

/** Settings of {@link readAuthorizationPolicies}. */
export interface ReadPolicyOptions {
  /** The namespace of a policy that names none; without it, such a policy is refused. */
  readonly defaultNamespace?: string
}

/** What was read. A policy with an error is not among the policies. */
export interface PoliciesRead {
  readonly policies: readonly AuthorizationPolicy[]
  readonly diagnostics: readonly Diagnostic[]
}

const versions = ['security.istio.io/v1', 'security.istio.io/v1beta1']

/**
 * Reads Istio AuthorizationPolicies from YAML: documents of `security.istio.io/v1` and `v1beta1`, or
 * Lists of them. Every field is understood or refused, by line and column; what Istio's validation
 * refuses is refused.
 *
 * @param text - one or more YAML documents
 * @param file - the name of the file, for places
 */
export function readAuthorizationPolicies(
  text: string,
  file: string,
  options: ReadPolicyOptions = {},
): PoliciesRead {
  const { documents, diagnostics } = readYamlDocuments(text, file)
  if (hasErrors(diagnostics)) return { policies: [], diagnostics }
  if (documents.length === 0) {
    const place = { file, line: 1, column: 1 }
    const hint = 'Write an AuthorizationPolicy, or do not name the file.'
    return { policies: [], diagnostics: [diagnostic('SC0003', 'the file is empty', hint, place)] }
  }
  const read = documents.flatMap(document => readResource(document, options))
  return {
    policies: read.flatMap(({ policies }) => policies),
    diagnostics: read.flatMap(item => item.diagnostics),
  }
}

function readResource(node: YamlNode, options: ReadPolicyOptions): readonly PoliciesRead[] {
  const diagnostics: Diagnostic[] = []
  const report = reportTo(diagnostics)
  if (node.kind !== 'map') {
    report('SC0201', 'a document is not a resource', 'Write a mapping with kind.', node.place)
    return [{ policies: [], diagnostics }]
  }
  if (isList(node)) {
    const fields = readFields(node, 'a List', ['apiVersion', 'kind', 'metadata', 'items'], report)
    const items = fields.get('items')
    if (items === undefined) {
      report('SC0203', 'a List has no items', 'Add them, or remove the document.', node.place)
    }
    const listed = items === undefined ? [] : readList(items.value, 'items', report)
    const read = listed.flatMap(item => readResource(item, options))
    return [{ policies: [], diagnostics }, ...read]
  }
  const policy = readPolicy(node, options, report)
  const usable = policy !== undefined && !hasErrors(diagnostics)
  return [{ policies: usable ? [policy] : [], diagnostics }]
}

function isList(node: YamlMap): boolean {
  const kind = textOf(node, 'kind')
  const version = textOf(node, 'apiVersion') ?? ''
  return kind === 'List'
    ? version === 'v1'
    : kind === 'AuthorizationPolicyList' && versions.includes(version)
}

function readPolicy(
  node: YamlMap,
  { defaultNamespace }: ReadPolicyOptions,
  report: Report,
): AuthorizationPolicy | undefined {
  if (!isAuthorizationPolicy(node, report)) return undefined
  const known = ['apiVersion', 'kind', 'metadata', 'spec', 'status']
  const fields = readFields(node, 'an AuthorizationPolicy', known, report, {
    metadata: ['name', 'namespace', 'annotations'],
    spec: ['selector', 'rules', 'action'],
  })
  const head = fields.get('metadata')
  if (head === undefined) {
    const hint = 'Add metadata with a name and a namespace.'
    report('SC0203', 'the AuthorizationPolicy has no metadata', hint, node.place)
  }
  const metadata = head && readMetadata(head.value, defaultNamespace, report)
  // What stands in the spec is worth reporting also when the name is missing.
  const owner: PolicyMetadata = metadata ?? { name: '', namespace: '', annotations: new Map() }
  const spec = readSpec(fields.get('spec')?.value, owner, report)
  const dryRun = readDryRun(owner, spec.action, report)
  const { name, namespace } = owner
  return { name, namespace, ...spec, dryRun, place: node.place }
}

function isAuthorizationPolicy(node: YamlMap, report: Report): boolean {
  const kind = textOf(node, 'kind')
  if (kind !== 'AuthorizationPolicy') {
    const near = kind !== undefined && nearestName(kind, ['AuthorizationPolicy']) !== undefined
    const hint = near ? 'Did you mean AuthorizationPolicy?' : 'Keep other resources in other files.'
    const what = kind === undefined ? 'a document has no kind' : `a document has the kind ${kind}`
    const place = entryOf(node, 'kind')?.value.place ?? node.place
    report('SC0201', `${what}, not an AuthorizationPolicy`, hint, place)
    return false
  }
  const version = textOf(node, 'apiVersion')
  if (version !== undefined && versions.includes(version)) return true
  const message =
    version === undefined
      ? 'the AuthorizationPolicy has no apiVersion'
      : `the apiVersion ${version} has no AuthorizationPolicy`
  const place = entryOf(node, 'apiVersion')?.value.place ?? node.place
  report('SC0201', message, `Write ${versions.join(' or ')}.`, place)
  return false
}

function textOf(node: YamlMap, key: string): string | undefined {
  const value = entryOf(node, key)?.value
  return value?.kind === 'scalar' && typeof value.value === 'string' ? value.value : undefined
}
