import test from 'ava'
import fc from 'fast-check'
import { stringify } from 'yaml'
import { placeAt, plainValue, readYamlDocuments } from '../../../policy/index.js'

function refusal(text: string): string {
  const { documents, diagnostics } = readYamlDocuments(text, 'a.yaml')
  if (documents.length > 0 || diagnostics.length === 0) return 'accepted'
  return diagnostics
    .map(({ code, message, hint, place }) => {
      return `${code} ${place?.file}:${place?.line}:${place?.column} ${message}. ${hint}`
    })
    .join('\n')
}

function values(text: string): unknown {
  const { documents, diagnostics } = readYamlDocuments(text, 'a.yaml')
  return diagnostics.length > 0 ? diagnostics : documents.map(plainValue)
}

test('several documents of one text are read in order, empty ones left out', t => {
  t.deepEqual(values('a: 1\n---\n# nothing\n---\nb: [x, "2", true, null]\n...\n'), [
    { a: 1 },
    { b: ['x', '2', true, null] },
  ])
})

test('a text without a document has no documents and no findings', t => {
  for (const text of ['', '\n', '# only a comment\n', '---\n']) t.deepEqual(values(text), [])
})

test('every value knows its line and column', t => {
  const [document] = readYamlDocuments('a:\n  - b: one\n    c: [x, yy]\n', 'a.yaml').documents
  if (document === undefined) throw new Error('no document')
  t.deepEqual(placeAt(document, ['a', 0, 'c', 1]), {
    file: 'a.yaml',
    line: 3,
    column: 12,
    endColumn: 14,
  })
  t.like(placeAt(document, ['a', 0, 'c'], 'key'), { line: 3, column: 5, endColumn: 6 })
  t.like(placeAt(document, ['a', 0, 'missing', 7]), { line: 2, column: 5 })
})

test('lines count right with Windows line ends and a byte order mark', t => {
  const [document] = readYamlDocuments('\uFEFFa: 1\r\nb: 2\r\n', 'a.yaml').documents
  if (document === undefined) throw new Error('no document')
  t.like(placeAt(document, ['b']), { line: 2, column: 4 })
})

test('a tab in the indentation is named as such', t => {
  const tab = 'a tab stands in the indentation, where YAML allows spaces only. Indent with spaces.'
  t.is(refusal('a:\n\tb: 1\n'), `SC0002 a.yaml:2:1 ${tab}`)
  t.true(refusal('a: [1,\n\t2]').includes(tab))
  t.true(refusal('a:\n  - b\n\t- c').includes(tab))
})

test('a key that stands twice is refused where it stands again', t => {
  t.is(
    refusal('a: 1\nb: 2\na: 3\n'),
    'SC0002 a.yaml:3:1 the key a stands twice in one mapping. Keep one of them.',
  )
  t.is(
    refusal('x: {a: 1, "a": 2}'),
    'SC0002 a.yaml:1:11 the key a stands twice in one mapping. Keep one of them.',
  )
})

test('a key that is no string is refused', t => {
  const mend = 'a key is not a string. Put the key in quotes.'
  for (const text of ['1: a', 'true: a', '[a]: b', 'null: a', '1.5: a']) {
    t.is(refusal(text), `SC0002 a.yaml:1:1 ${mend}`)
  }
})

test('aliases are resolved and merge keys merged, what stands in the mapping itself first', t => {
  t.deepEqual(values('a: &x [1]\nb: *x\n'), [{ a: [1], b: [1] }])
  t.deepEqual(values('base: &b {p: 1, q: 2}\nc: {<<: *b, q: 3}\n'), [
    { base: { p: 1, q: 2 }, c: { q: 3, p: 1 } },
  ])
  t.deepEqual(values('c: {<<: [{p: 1}, {p: 2, q: 2}]}\n'), [{ c: { p: 1, q: 2 } }])
  t.is(
    refusal('<<: 1'),
    'SC0002 a.yaml:1:5 << takes a mapping or a list of mappings. Write the keys out.',
  )
})

test('aliases that explode, loop or lead nowhere are refused', t => {
  let bomb = 'a0: &a0 [x, x, x, x, x, x, x, x, x]\n'
  for (let level = 1; level < 12; level++) {
    bomb += `a${level}: &a${level} [${Array(9)
      .fill(`*a${level - 1}`)
      .join(', ')}]\n`
  }
  t.regex(refusal(bomb), /^SC0002 a\.yaml:\d+:\d+ its aliases expand to too many values\./)
  t.regex(refusal('a: &x [*x]'), /^SC0002 a\.yaml:1:\d an alias stands inside the value/)
  t.is(refusal('a: *x'), 'SC0002 a.yaml:1:4 the alias *x has no anchor. Write the value out.')
})

test('values nested too deeply are refused where they get too deep, and nothing crashes', t => {
  const refused = (column: number) => {
    return `SC0002 a.yaml:1:${column} the values are nested too deeply. Flatten the document.`
  }
  const nested = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`
  t.is(refusal(nested(100)), 'accepted')
  t.is(refusal(nested(101)), refused(101))
  for (const opening of ['[', '- ', '? ', '{a: ']) {
    t.is(refusal(opening.repeat(30_000)), refused(100 * opening.length + 1), opening)
  }
  const block = Array.from({ length: 101 }, (_, indent) => `${' '.repeat(indent)}a:`).join('\n')
  t.regex(refusal(block), /^SC0002 a\.yaml:101:101 the values are nested too deeply/)
})

test('aliases that nest values too deeply are refused', t => {
  let chain = 'a0: &a0 [x]\n'
  for (let level = 1; level <= 101; level++) chain += `a${level}: &a${level} [*a${level - 1}]\n`
  t.regex(refusal(chain), /^SC0002 a\.yaml:\d+:\d+ its aliases nest values too deeply/)
})

test('a text that is too large is refused', t => {
  t.is(
    refusal('a'.repeat(1024 * 1024 + 1)),
    'SC0002 a.yaml:1:1 the file is larger than 1048576 characters. Split it.',
  )
})

test('tags that are not understood are refused', t => {
  t.is(
    refusal('a: !env HOME'),
    'SC0002 a.yaml:1:4 a value has a tag that is not understood. Remove the tag.',
  )
  t.regex(refusal('a: !!int x'), /^SC0002/)
  t.deepEqual(values('a: !!str 8443'), [{ a: '8443' }])
})

test('a key named __proto__ is a key like any other', t => {
  const [value] = values('__proto__: {polluted: true}') as [object]
  t.true(Object.hasOwn(value, '__proto__'))
  t.is((value as { polluted?: boolean }).polluted, undefined)
})

test('whatever yaml writes is read back', t => {
  // As JSON has them: without a negative zero, which YAML tells from zero.
  const json = fc
    .jsonValue({ maxDepth: 4 })
    .map(value => JSON.parse(JSON.stringify(value)))
    .filter(value => value !== null && !JSON.stringify(value).includes('<<'))
  fc.assert(
    fc.property(json, value => {
      t.deepEqual(values(stringify(value)), [value])
    }),
  )
})

test('no text makes the reader throw', t => {
  const pieces = fc.constantFrom('a', ':', ' ', '\n', '-', '[', ']', '{', '}', '&', '*', '!', '"')
  fc.assert(
    fc.property(fc.array(fc.oneof(pieces, fc.string()), { maxLength: 30 }), parts => {
      const { documents, diagnostics } = readYamlDocuments(parts.join(''), 'a.yaml')
      t.true(diagnostics.length === 0 || documents.length === 0)
    }),
  )
})
