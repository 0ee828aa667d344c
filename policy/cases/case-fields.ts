import type { Diagnostic, Place } from '../diagnostic.js'
import type { DiagnosticCode } from '../diagnostic-catalogue.js'
import { type Report, reportTo } from '../reading/policy-fields.js'
import { nearestName } from '../suggestion.js'
import type { YamlNode } from '../yaml/yaml-source.js'

/** Reads the value of a field; what is wrong with it is reported, and the result undefined. */
export type FieldReader<T> = (node: YamlNode, where: string, report: Report) => T | undefined

/** The codes of a policy test in place of those of a policy, whose readers of mappings it shares. */
const codes: Readonly<Partial<Record<DiagnosticCode, DiagnosticCode>>> = {
  SC0202: 'SC0501',
  SC0203: 'SC0502',
}

/** Makes a {@link Report} of findings about policy tests that appends to a list. */
export function caseReportTo(diagnostics: Diagnostic[]): Report {
  const report = reportTo(diagnostics)
  return (code, ...finding) => report(codes[code] ?? code, ...finding)
}

/** Reads a string that is not empty. */
export const readString: FieldReader<string> = (node, where, report) => {
  if (node.kind === 'scalar' && typeof node.value === 'string' && node.value !== '') {
    return node.value
  }
  const isText = node.kind === 'scalar' && node.value !== null && node.value !== ''
  const hint = isText ? `Put it in quotes: "${node.source}".` : 'Write a string.'
  report('SC0502', `${where} must be a string, not ${formOf(node)}`, hint, node.place)
  return undefined
}

/** Makes a reader of one word out of several. */
export function readChoice<T extends string>(choices: readonly T[]): FieldReader<T> {
  return (node, where, report) => {
    const text = readString(node, where, report)
    if (text === undefined) return undefined
    const choice = choices.find(known => known === text)
    if (choice !== undefined) return choice
    reportUnknown(text, choices, where, node.place, report)
    return undefined
  }
}

/** Reports a word that is none of those that a field takes, with the one that was probably meant. */
export function reportUnknown(
  text: string,
  choices: readonly string[],
  where: string,
  place: Place,
  report: Report,
): void {
  const near = nearestName(text, choices)
  const hint = near === undefined ? `It takes ${choices.join(', ')}.` : `Did you mean ${near}?`
  report('SC0502', `${where} cannot be ${JSON.stringify(text)}`, hint, place)
}

/** Tells whether a text has control characters, which no part of a request can hold. */
export function hasControlCharacters(text: string): boolean {
  return /\p{Cc}/u.test(text)
}

function formOf(node: YamlNode): string {
  if (node.kind === 'map') return 'a mapping'
  if (node.kind === 'list') return 'a list'
  if (node.value === null || node.value === '') return 'empty'
  return `the ${typeof node.value} ${node.source}`
}
