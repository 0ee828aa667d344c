import { createHash } from 'node:crypto'
import test from 'ava'
import fc from 'fast-check'
import { inputsVersion, type VersionInput } from '../../../ext-authz/index.js'

test('a version is the beginning of the SHA-256 of names and contents as JSON', t => {
  const wanted = createHash('sha256').update('[["a","1\\n"],["b",null]]').digest('hex')
  const version = inputsVersion([
    { name: 'a', content: '1\n' },
    { name: 'b', content: undefined },
  ])
  t.is(version, wanted.slice(0, 12))
})

test('a file that is empty is another version than one that cannot be read', t => {
  t.not(
    inputsVersion([{ name: 'a', content: '' }]),
    inputsVersion([{ name: 'a', content: undefined }]),
  )
})

test('different inputs have different versions, however they are divided and ordered', t => {
  const inputs = fc.array(
    fc.record({
      name: fc.constantFrom('a', 'b', 'ab', '","'),
      content: fc.option(fc.constantFrom('', 'a', 'b', 'null', '"],["'), { nil: undefined }),
    }),
    { maxLength: 4 },
  )
  const same = (one: readonly VersionInput[], other: readonly VersionInput[]) =>
    one.length === other.length &&
    one.every((input, at) => input.name === other[at]?.name && input.content === other[at]?.content)
  fc.assert(
    fc.property(
      inputs,
      inputs,
      (one, other) => same(one, other) === (inputsVersion(one) === inputsVersion(other)),
    ),
    { numRuns: 2000 },
  )
  t.pass()
})
