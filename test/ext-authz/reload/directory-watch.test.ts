import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { DirectoryWatch } from '../../../ext-authz/reload/directory-watch.js'
import { eventually } from '../../eventually.js'

async function watching(t: ExecutionContext, names: readonly string[]) {
  const folder = await mkdtemp(join(tmpdir(), 'sidecert-watch-'))
  for (const name of names) await mkdir(join(folder, name), { recursive: true })
  const seen = { changes: 0, troubles: [] as string[] }
  const watch = new DirectoryWatch({
    onChange: () => {
      seen.changes += 1
    },
    onTrouble: directory => seen.troubles.push(directory),
  })
  t.teardown(async () => {
    watch.close()
    await rm(folder, { recursive: true })
  })
  return { folder, watch, seen }
}

/** What the kubelet does with a ConfigMap: a new folder, and one rename of a symbolic link. */
async function swap(folder: string, name: string, files: Readonly<Record<string, string>>) {
  await mkdir(join(folder, name))
  for (const [file, text] of Object.entries(files)) await writeFile(join(folder, name, file), text)
  await symlink(name, join(folder, '..data_tmp'))
  await rename(join(folder, '..data_tmp'), join(folder, '..data'))
}

test('every swap of a ConfigMap is seen, not only the first', async t => {
  const { folder, watch, seen } = await watching(t, ['config'])
  const config = join(folder, 'config')
  await swap(config, '..1', { 'a.yaml': '1' })
  await symlink('..data/a.yaml', join(config, 'a.yaml'))
  t.true(watch.update([config]))
  t.false(watch.update([config]))
  for (const name of ['..2', '..3', '..4']) {
    const before = seen.changes
    await swap(config, name, { 'a.yaml': name })
    await eventually(`the swap to ${name} is seen`, () => seen.changes > before)
  }
  t.pass()
})

test('a directory that was replaced under its name is watched anew', async t => {
  const { folder, watch, seen } = await watching(t, ['config', 'new'])
  const config = join(folder, 'config')
  watch.update([config])
  await rename(config, join(folder, 'old'))
  await rename(join(folder, 'new'), config)
  t.true(watch.update([config]))
  const before = seen.changes
  await writeFile(join(config, 'a'), '')
  await eventually('the new directory is watched', () => seen.changes > before)
  t.pass()
})

test('a directory that does not exist is told once, and watched when it comes', async t => {
  const { folder, watch, seen } = await watching(t, [])
  const config = join(folder, 'config')
  t.false(watch.update([config]))
  t.false(watch.update([config]))
  t.deepEqual(seen.troubles, [config])
  await mkdir(config)
  t.true(watch.update([config]))
  await writeFile(join(config, 'a'), '')
  await eventually('the directory is watched', () => seen.changes > 0)
  t.pass()
})
