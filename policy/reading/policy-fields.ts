import { type Diagnostic, diagnostic, type Place } from '../diagnostic.js'
import type { DiagnosticCode } from '../diagnostic-catalogue.js'
import { nearestName } from '../suggestion.js'
import type { YamlEntry, YamlNode, YamlScalar } from '../yaml/yaml-source.js'

/** Takes a finding about a policy. */
export type Report = (code: DiagnosticCode, message: string, hint: string, place: Place) => void

/** Makes a {@link Report} that appends to a list. */
export function reportTo(diagnostics: Diagnostic[]): Report {
  return (code, message, hint, place) => {
    diagnostics.push(diagnostic(code, message, hint, place))
  }
}

/**
 * Reads the fields of a mapping by name. A field that is null counts as not set, as in Kubernetes.
 * Whatever is not known is reported (SC0202) with the name that was probably meant.
 *
 * @param where - the mapping as the policy spells it, such as `spec.rules[0]`
 * @param elsewhere - where fields belong that are often put here by mistake
 */
export function readFields(
  node: YamlNode,
  where: string,
  known: readonly string[],
  report: Report,
  elsewhere: Readonly<Record<string, readonly string[]>> = {},
): ReadonlyMap<string, YamlEntry> {
  const fields = new Map<string, YamlEntry>()
  if (node.kind !== 'map') {
    report(
      'SC0203',
      `${where} must be a mapping, not ${formOf(node)}`,
      fieldList(known),
      node.place,
    )
    return fields
  }
  for (const entry of node.entries) {
    if (!known.includes(entry.key)) {
      const hint = unknownFieldHint(entry.key, known, elsewhere)
      report('SC0202', `${where} has no field ${entry.key}`, hint, entry.keyPlace)
    } else if (!isNull(entry.value)) {
      fields.set(entry.key, entry)
    }
  }
  return fields
}

/** Reads a list; anything else is reported (SC0203) and read as an empty one. */
export function readList(node: YamlNode, where: string, report: Report): readonly YamlNode[] {
  if (node.kind === 'list') return node.items
  const hint = 'Start each item with "- ", or write it in [ ].'
  report('SC0203', `${where} must be a list, not ${formOf(node)}`, hint, node.place)
  return []
}

/**
 * Reads a string. Anything else is reported (SC0203), also an unquoted word that YAML 1.1, which
 * Kubernetes reads, takes for a boolean, a number or a date.
 */
export function readText(node: YamlNode, where: string, report: Report): string | undefined {
  if (node.kind === 'scalar' && typeof node.value === 'string' && !isMistakable(node)) {
    return node.value
  }
  const hint =
    node.kind === 'scalar' && node.source !== ''
      ? `Put it in quotes: "${node.source}".`
      : 'Write a string.'
  report('SC0203', `${where} must be a string, not ${formOf(node)}`, hint, node.place)
  return undefined
}

function isNull(node: YamlNode): boolean {
  return node.kind === 'scalar' && node.value === null
}

const yaml11 =
  /^(?:y|yes|n|no|on|off|[-+]?0b[01_]+|[-+]?0x[0-9a-f_]+|[-+]?[0-9][0-9_]*(?:\.[0-9_]*)?|[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[t ].*)?)$/i

function isMistakable({ plain, source }: YamlScalar): boolean {
  return plain && yaml11.test(source)
}

function formOf(node: YamlNode): string {
  if (node.kind === 'map') return 'a mapping'
  if (node.kind === 'list') return 'a list'
  if (node.value === null) return 'empty'
  if (typeof node.value === 'string' && isMistakable(node)) {
    return `${node.source}, which Kubernetes does not read as one without quotes`
  }
  return typeof node.value === 'string' ? 'a string' : `the ${typeof node.value} ${node.source}`
}

function unknownFieldHint(
  key: string,
  known: readonly string[],
  elsewhere: Readonly<Record<string, readonly string[]>>,
): string {
  for (const [place, fields] of Object.entries(elsewhere)) {
    if (fields.includes(key)) return `Put it under ${place}.`
  }
  const near = nearestName(key, known)
  return near === undefined ? fieldList(known) : `Did you mean ${near}?`
}

function fieldList(known: readonly string[]): string {
  return `It takes ${known.join(', ')}.`
}
