import test from 'ava'
import type { Candidate } from '../../../ext-authz/index.js'
import { settledReading } from '../../../ext-authz/reload/settled-reading.js'

/** Reads what is listed, one after another, the last again and again. */
function readings(...versions: readonly string[]) {
  let count = 0
  const read = async (): Promise<Candidate> => {
    const version = versions[Math.min(count, versions.length - 1)] as string
    count += 1
    return {
      version: `${version}@${count}`,
      filesVersion: version,
      directories: [],
      build: () => ({ kind: 'broken', diagnostics: [] }),
    }
  }
  return { read, count: () => count }
}

test('what two readings in a row find the same is taken, in the second one', async t => {
  const { read } = readings('half', 'whole')
  t.is((await settledReading(read, [], 1))?.version, 'whole@3')
})

test('a version that is known needs no second reading', async t => {
  const { read, count } = readings('a')
  t.is((await settledReading(read, [undefined, 'a@1'], 1))?.version, 'a@1')
  t.is(count(), 1)
})

test('what does not come to rest is left alone in the end', async t => {
  const { read, count } = readings(...Array.from({ length: 40 }, (_, at) => String(at)))
  t.is(await settledReading(read, [], 1), undefined)
  t.is(count(), 20)
})
