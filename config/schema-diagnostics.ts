import type { z } from 'zod'
import {
  type Diagnostic,
  diagnostic,
  nearestName,
  type Place,
  placeAt,
  plainValue,
  type YamlNode,
} from '../policy/index.js'
import { configurationSchema } from './schema.js'

type Issue = z.core.$ZodIssue

/** Says what the schema found as diagnostics, each at the value or key in the file. */
export function schemaDiagnostics(issues: readonly Issue[], root: YamlNode): readonly Diagnostic[] {
  return issues.flatMap(issue => ofIssue(issue, root))
}

function ofIssue(issue: Issue, root: YamlNode): readonly Diagnostic[] {
  const name = keyName(issue.path)
  const place = placeAt(root, issue.path)
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map(key =>
        unknownKey(key, issue.path, placeAt(root, [...issue.path, key], 'key')),
      )
    case 'invalid_key':
      return issue.issues.map(inner =>
        wrong(
          `a key of ${keyName(issue.path.slice(0, -1))} ${inner.message}`,
          hintOf(inner),
          placeAt(root, issue.path, 'key'),
        ),
      )
    case 'invalid_type':
      return [wrongType(issue.expected, name, valueAt(plainValue(root), issue.path), place)]
    case 'invalid_value':
      return [wrongChoice(issue.values.map(String), name, issue.path, root, place)]
    case 'too_small':
      if (issue.origin === 'array') return [wrong(`${name} is empty`, 'Give one or more.', place)]
      return [wrong(`${name} is too small`, `The least is ${issue.minimum}.`, place)]
    case 'too_big':
      return [wrong(`${name} is too large`, `The most is ${issue.maximum}.`, place)]
    default:
      return [wrong(`${name} ${issue.message}`, hintOf(issue), place)]
  }
}

function unknownKey(key: string, path: readonly PropertyKey[], place: Place): Diagnostic {
  const known = knownKeys(path)
  const meant = nearestName(key, known)
  const where = path.length === 0 ? 'sidecert.yaml' : keyName(path)
  const hint =
    meant === undefined ? `${where} has the keys ${known.join(', ')}.` : `Did you mean ${meant}?`
  return diagnostic('SC0101', `${where} has no key ${key}`, hint, place)
}

function wrongType(expected: string, name: string, value: unknown, place: Place): Diagnostic {
  const wanted = typeNames[expected] ?? expected
  if (value === undefined) {
    return diagnostic('SC0103', `${name} is missing`, `Give ${wanted}.`, place)
  }
  if (value === null) {
    return wrong(`${name} is empty`, `Give ${wanted}, or remove the key.`, place)
  }
  const hint =
    expected === 'string' && typeof value !== 'object' ? 'Put it in quotes.' : `Give ${wanted}.`
  return wrong(`${name} is not ${wanted}`, hint, place)
}

function wrongChoice(
  choices: readonly string[],
  name: string,
  path: readonly PropertyKey[],
  root: YamlNode,
  place: Place,
): Diagnostic {
  const value = valueAt(plainValue(root), path)
  const all = choices.join(', ')
  if (value === undefined) {
    return diagnostic('SC0103', `${name} is missing`, `Give one of: ${all}.`, place)
  }
  const meant = typeof value === 'string' ? nearestName(value, choices) : undefined
  const only = choices.length === 1 ? `Only ${all} works.` : `Give one of: ${all}.`
  const hint = meant === undefined ? only : `Did you mean ${meant}? ${only}`
  return wrong(`${name} is not something that sidecert knows`, hint, place)
}

const typeNames: Readonly<Record<string, string>> = {
  array: 'a list',
  object: 'a mapping',
  record: 'a mapping',
  string: 'a string',
  int: 'a whole number',
  number: 'a number',
}

function wrong(message: string, hint: string, place: Place): Diagnostic {
  return diagnostic('SC0102', message, hint, place)
}

function hintOf(issue: Issue): string {
  const hint = issue.code === 'custom' ? issue.params?.hint : undefined
  return typeof hint === 'string' ? hint : 'See the description of the key: sidecert schema.'
}

/** `clients[0].workload`. */
function keyName(path: readonly PropertyKey[]): string {
  if (path.length === 0) return 'sidecert.yaml'
  return path
    .map(step => (typeof step === 'number' ? `[${step}]` : `.${String(step)}`))
    .join('')
    .replace(/^\./, '')
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce(
    (inner, step) =>
      typeof inner === 'object' && inner !== null && Object.hasOwn(inner, step)
        ? (inner as Record<PropertyKey, unknown>)[step]
        : undefined,
    value,
  )
}

/** The keys that the schema has at a path, through defaults and lists. */
function knownKeys(path: readonly PropertyKey[]): readonly string[] {
  let schema: unknown = configurationSchema
  for (const step of path) {
    const bare = withoutDefault(schema)
    schema = typeof step === 'number' ? bare.element : bare.shape?.[String(step)]
  }
  return Object.keys(withoutDefault(schema).shape ?? {})
}

interface Schema {
  readonly def?: { readonly innerType?: unknown }
  readonly shape?: Readonly<Record<string, unknown>>
  readonly element?: unknown
}

function withoutDefault(schema: unknown): Schema {
  const { def } = schema as Schema
  return def?.innerType === undefined ? (schema as Schema) : withoutDefault(def.innerType)
}
