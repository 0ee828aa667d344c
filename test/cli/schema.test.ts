import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { parse } from 'yaml'
import { z } from 'zod'
import { configurationJsonSchema, readConfiguration } from '../../config/index.js'
import { sidecert } from './command.js'

const committed = 'examples/sidecert.schema.json'

interface Node {
  readonly examples?: readonly unknown[]
  readonly [key: string]: unknown
}

/** Every part of the schema that has examples, with its path. */
function withExamples(node: Node, path: string): readonly (readonly [string, Node])[] {
  const own = Array.isArray(node.examples) ? [[path, node] as const] : []
  const inner = Object.entries(node).flatMap(([key, value]) =>
    typeof value === 'object' && value !== null
      ? withExamples(value as Node, `${path}.${key}`)
      : [],
  )
  return [...own, ...inner]
}

function examples(): readonly string[] {
  return readdirSync('examples', { recursive: true, encoding: 'utf8' })
    .filter(file => file.endsWith('sidecert.yaml') && !file.includes('generated'))
    .map(file => join('examples', file))
}

/** A reader of JSON Schema that knows nothing of the schema that it was made of. */
function validator() {
  return z.fromJSONSchema(configurationJsonSchema() as z.core.JSONSchema.JSONSchema)
}

test('the schema beside the examples is what the command prints', async t => {
  const { code, stdout } = await sidecert(['schema'])
  t.is(code, 0)
  if (process.env.UPDATE_GOLDEN === '1') writeFileSync(committed, stdout)
  t.is(readFileSync(committed, 'utf8'), stdout, 'UPDATE_GOLDEN=1 rewrites it')
})

test('every example is valid by the JSON Schema, and names it for editors', t => {
  t.true(examples().length > 0)
  for (const file of examples()) {
    const text = readFileSync(file, 'utf8')
    t.true(validator().safeParse(parse(text)).success, file)
    const [, named] = /^# yaml-language-server: \$schema=(\S+)$/m.exec(text) ?? []
    t.is(join(file, '..', named ?? ''), committed, file)
  }
})

test('the JSON Schema refuses an unknown key, a wrong type and a word that is no choice', t => {
  for (const wrong of [
    { trustDomian: 'a' },
    { authorizationServer: { port: '8443' } },
    { clients: [{ clientId: 'a' }] },
    { service: { whenNoPolicy: 'maybe' } },
  ]) {
    t.false(validator().safeParse(wrong).success, JSON.stringify(wrong))
  }
})

test('every example of a value has the form that it shows', t => {
  const found = withExamples(configurationJsonSchema() as Node, '')
  t.true(found.length > 30)
  for (const [path, { examples }] of found) {
    for (const example of examples ?? []) {
      const document = documentAt(path, example)
      const { diagnostics } = readConfiguration(JSON.stringify(document), 'sidecert.yaml')
      const form = diagnostics.filter(({ code }) => code === 'SC0102' || code === 'SC0101')
      t.deepEqual(form, [], `${path} = ${example}`)
    }
  }
})

/** A sidecert.yaml in which the value at a path of the schema is the given one. */
function documentAt(path: string, value: unknown): unknown {
  const steps = path.split('.').filter(step => step !== '' && step !== 'properties')
  return steps.reduceRight<unknown>((inner, step) => {
    if (step === 'items') return [inner]
    if (step === 'additionalProperties') return { role: inner }
    return step === 'propertyNames' ? { [String(inner)]: 'x' } : { [step]: inner }
  }, value)
}
