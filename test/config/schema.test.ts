import test from 'ava'
import { configurationJsonSchema } from '../../config/index.js'

interface JsonSchema {
  readonly description?: string
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly items?: JsonSchema
  readonly additionalProperties?: unknown
}

/** Every key of the schema with its path. */
function keys(schema: JsonSchema, path: string): readonly (readonly [string, JsonSchema])[] {
  const own = Object.entries(schema.properties ?? {})
  const items = schema.items === undefined ? [] : keys(schema.items, `${path}[]`)
  return [
    ...own.flatMap(([name, inner]) => {
      const at = `${path}.${name}`
      return [[at, inner] as const, ...keys(inner, at)]
    }),
    ...items,
  ]
}

test('the JSON Schema describes every key and allows no other', t => {
  const schema = configurationJsonSchema() as JsonSchema
  const all = keys(schema, '')
  t.true(all.length > 40)
  for (const [path, { description, properties, additionalProperties }] of all) {
    t.truthy(description, `${path} has no description`)
    if (properties !== undefined) t.false(additionalProperties, path)
  }
  t.false(schema.additionalProperties)
})
