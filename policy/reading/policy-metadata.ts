import type { PolicyAction } from '../authorization-policy.js'
import type { Place } from '../diagnostic.js'
import type { YamlEntry, YamlNode } from '../yaml/yaml-source.js'
import { type Report, readFields, readText } from './policy-fields.js'

/** What the metadata of an AuthorizationPolicy says. */
export interface PolicyMetadata {
  readonly name: string
  readonly namespace: string
  readonly annotations: ReadonlyMap<string, AnnotationValue>
}

/** An annotation with its place. */
export interface AnnotationValue {
  readonly text: string
  readonly place: Place
}

/** The fields of Kubernetes' ObjectMeta; only a few mean anything to a policy. */
const metadataFields = [
  'name',
  'namespace',
  'annotations',
  'labels',
  'creationTimestamp',
  'deletionGracePeriodSeconds',
  'deletionTimestamp',
  'finalizers',
  'generateName',
  'generation',
  'managedFields',
  'ownerReferences',
  'resourceVersion',
  'selfLink',
  'uid',
]

/** Annotations with which Istio's validation refuses a resource, whatever they say. */
const refusedAnnotations = [
  'internal.istio.io/webhook-always-reject',
  'internal.istio.io/parents',
  'internal.istio.io/parent-namespace',
]

/**
 * Reads the metadata of a policy: a name and a namespace as Kubernetes takes them, and annotations.
 *
 * @param defaultNamespace - what a missing namespace means; without it, it is an error
 * @returns undefined when there is no usable name or namespace
 */
export function readMetadata(
  node: YamlNode,
  defaultNamespace: string | undefined,
  report: Report,
): PolicyMetadata | undefined {
  const fields = readFields(node, 'metadata', metadataFields, report)
  if (node.kind !== 'map') return undefined
  const name = readName(fields.get('name'), node, report)
  const namespace = readNamespace(fields.get('namespace'), defaultNamespace, node, report)
  const annotations = readAnnotations(fields.get('annotations'), report)
  for (const key of refusedAnnotations) {
    const found = annotations.get(key)
    if (found === undefined) continue
    report('SC0204', `the annotation ${key} is Istio's own`, 'Remove it.', found.place)
  }
  return name === undefined || namespace === undefined
    ? undefined
    : { name, namespace, annotations }
}

/**
 * Reads the annotation `istio.io/dry-run`: a boolean as Go's `strconv.ParseBool` takes it, on ALLOW
 * and DENY policies only.
 */
export function readDryRun(
  { annotations }: PolicyMetadata,
  action: PolicyAction,
  report: Report,
): boolean {
  const found = annotations.get('istio.io/dry-run')
  if (found === undefined) return false
  if (action === 'AUDIT') {
    const message = 'an AUDIT policy has the annotation istio.io/dry-run'
    report('SC0204', message, 'Remove it: an AUDIT policy decides nothing anyway.', found.place)
    return false
  }
  if (/^(?:1|t|T|TRUE|true|True)$/.test(found.text)) return true
  if (/^(?:0|f|F|FALSE|false|False)$/.test(found.text)) return false
  const message = `the annotation istio.io/dry-run is neither true nor false: ${found.text}`
  report('SC0204', message, 'Write "true" or "false".', found.place)
  return false
}

function readName(
  entry: YamlEntry | undefined,
  metadata: YamlNode,
  report: Report,
): string | undefined {
  if (entry === undefined) {
    report('SC0203', 'metadata has no name', 'Name the policy.', metadata.place)
    return undefined
  }
  const name = readText(entry.value, 'metadata.name', report)
  if (name === undefined) return undefined
  if (name.length <= 253 && name.split('.').every(isLabel)) return name
  const hint = 'Write lower-case letters, digits, dashes and dots.'
  report('SC0203', `metadata.name is not a name: ${name}`, hint, entry.value.place)
  return undefined
}

function readNamespace(
  entry: YamlEntry | undefined,
  defaultNamespace: string | undefined,
  metadata: YamlNode,
  report: Report,
): string | undefined {
  if (entry === undefined) {
    if (defaultNamespace !== undefined) return defaultNamespace
    const hint = 'Add it: a policy without one would go where kubectl happens to point.'
    report('SC0203', 'metadata has no namespace', hint, metadata.place)
    return undefined
  }
  const namespace = readText(entry.value, 'metadata.namespace', report)
  if (namespace === undefined) return undefined
  if (namespace.length <= 63 && isLabel(namespace)) return namespace
  const hint = 'Write lower-case letters, digits and dashes, at most 63.'
  report('SC0203', `metadata.namespace is not a name: ${namespace}`, hint, entry.value.place)
  return undefined
}

function readAnnotations(
  entry: YamlEntry | undefined,
  report: Report,
): ReadonlyMap<string, AnnotationValue> {
  const annotations = new Map<string, AnnotationValue>()
  if (entry === undefined) return annotations
  if (entry.value.kind !== 'map') {
    report(
      'SC0203',
      'metadata.annotations must be a mapping',
      'Write KEY: "VALUE".',
      entry.keyPlace,
    )
    return annotations
  }
  for (const { key, keyPlace, value } of entry.value.entries) {
    const text = readText(value, `metadata.annotations.${key}`, report)
    if (text !== undefined) annotations.set(key, { text, place: keyPlace })
  }
  return annotations
}

/** Tells whether a text is a DNS label of RFC 1123, without its limit of 63 characters. */
function isLabel(text: string): boolean {
  return /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/.test(text)
}
