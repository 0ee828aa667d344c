import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import test from 'ava'
import { loadConfiguration } from '../../config/index.js'

async function load(files: Readonly<Record<string, string>>) {
  const directory = await mkdtemp(join(tmpdir(), 'sidecert-config-'))
  try {
    for (const [name, content] of Object.entries(files)) {
      await mkdir(join(directory, name, '..'), { recursive: true })
      await writeFile(join(directory, name), content)
    }
    const { inputs, directories } = await loadConfiguration(join(directory, 'c.yaml'))
    const shown = (path: string) => (path.startsWith(directory) ? relative(directory, path) : path)
    return {
      inputs: inputs.map(({ file, text }) => [shown(file), text]),
      directories: directories.map(shown),
    }
  } finally {
    await rm(directory, { recursive: true })
  }
}

test('every file that was read is an input, and its directory one to watch', async t => {
  const yaml =
    'policies: [p/*/a.yaml, /nowhere/x.yaml]\ntrustBundles: [{trustDomain: a, file: ca/a.pem}]'
  t.deepEqual(await load({ 'c.yaml': yaml, 'p/q/a.yaml': 'a' }), {
    inputs: [
      ['c.yaml', yaml],
      ['p/q/a.yaml', 'a'],
    ],
    directories: ['/nowhere', '', 'ca', 'p', 'p/q'],
  })
})

test('a refused configuration is an input too', async t => {
  t.deepEqual(await load({ 'c.yaml': 'nonsense' }), {
    inputs: [['c.yaml', 'nonsense']],
    directories: [''],
  })
})

test('a file that is missing is an input without text', async t => {
  t.deepEqual(await load({}), { inputs: [['c.yaml', undefined]], directories: [''] })
})
