import { access, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import test from 'ava'
import { Lifetime } from '../../rig/lifetime.js'

test('things end in the opposite order, once, and a failure does not stop the others', async t => {
  const lifetime = new Lifetime()
  const ended: string[] = []
  lifetime.add(() => void ended.push('first'))
  lifetime.add(() => {
    throw new Error('cannot')
  })
  lifetime.add(async () => void ended.push('last'))

  const error = await t.throwsAsync(lifetime.end(), { instanceOf: AggregateError })

  t.is(error?.message, 'not everything could be ended')
  t.deepEqual(ended, ['last', 'first'])
})

test('what is added while or after things end is ended too', async t => {
  const lifetime = new Lifetime()
  const ended: string[] = []
  lifetime.add(async () => {
    lifetime.add(() => void ended.push('late'))
  })
  await lifetime.end()
  t.deepEqual(ended, ['late'])

  lifetime.add(() => void ended.push('too late'))
  await lifetime.end()
  t.deepEqual(ended, ['late', 'too late'])
})

test('its folders go with it, whatever is in them', async t => {
  const lifetime = new Lifetime()
  const folder = lifetime.folder()
  await mkdir(join(folder, 'a'))
  await writeFile(join(folder, 'a', 'b'), '')

  await lifetime.end()

  await t.throwsAsync(access(folder), { code: 'ENOENT' })
})
