import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { loadConfiguration } from '../../config/index.js'

async function folder(files: Readonly<Record<string, string | Uint8Array>>): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'sidecert-config-'))
  for (const [name, content] of Object.entries(files)) {
    await mkdir(join(directory, name, '..'), { recursive: true })
    await writeFile(join(directory, name), content)
  }
  return directory
}

test('policy files come once each, by pattern and then by name', async t => {
  const directory = await folder({
    'c.yaml': 'policies: [policies/z.yaml, "policies/*.yaml"]',
    'policies/z.yaml': 'z',
    'policies/b.yaml': 'b',
    'policies/a.yaml': 'a',
    'policies/.hidden.yaml': 'x',
  })
  t.teardown(() => rm(directory, { recursive: true }))
  const { policyFiles, diagnostics } = await loadConfiguration(join(directory, 'c.yaml'))
  t.deepEqual(diagnostics, [])
  t.deepEqual(
    policyFiles.map(({ file, text }) => [file.slice(directory.length + 1), text]),
    [
      ['policies/z.yaml', 'z'],
      ['policies/a.yaml', 'a'],
      ['policies/b.yaml', 'b'],
    ],
  )
})

test('files of policy tests are no policies, whatever the pattern', async t => {
  const directory = await folder({
    'c.yaml': 'policies: ["policies/*", policies/a.test.yaml]',
    'policies/a.yaml': 'a',
    'policies/a.test.yaml': 'x',
    'policies/b.test.yml': 'x',
    'policies/test.yaml': 'b',
  })
  t.teardown(() => rm(directory, { recursive: true }))
  const { diagnostics } = await loadConfiguration(join(directory, 'c.yaml'))
  t.deepEqual(
    diagnostics.map(({ code, message }) => [code, message]),
    [['SC0004', 'the pattern policies/a.test.yaml matches no file']],
  )
  await writeFile(join(directory, 'c.yaml'), 'policies: ["policies/*"]')
  const { policyFiles } = await loadConfiguration(join(directory, 'c.yaml'))
  t.deepEqual(
    policyFiles.map(({ text }) => text),
    ['a', 'b'],
  )
})

test('policy files of a relative file have relative names', async t => {
  const { policyFiles, configuration } = await loadConfiguration('examples/curity/sidecert.yaml')
  t.deepEqual(
    policyFiles.map(({ file }) => file),
    ['examples/curity/policies/token-endpoint.yaml'],
  )
  t.is(configuration?.authorizationServer.name, 'curity-idsvr')
})

test('a pattern that matches nothing is refused where it stands', async t => {
  const directory = await folder({ 'c.yaml': 'policies:\n  - policies/*.yaml' })
  t.teardown(() => rm(directory, { recursive: true }))
  const { configuration, diagnostics } = await loadConfiguration(join(directory, 'c.yaml'))
  t.is(configuration, undefined)
  t.like(diagnostics, {
    length: 1,
    0: {
      code: 'SC0004',
      message: 'the pattern policies/*.yaml matches no file',
      place: { line: 2, column: 5 },
    },
  })
})

test('a file that is not there is refused', async t => {
  const { configuration, diagnostics } = await loadConfiguration('nowhere/sidecert.yaml')
  t.is(configuration, undefined)
  t.like(diagnostics, {
    length: 1,
    0: {
      code: 'SC0001',
      message: 'nowhere/sidecert.yaml cannot be read: there is no such file',
    },
  })
})

test('a file that is not UTF-8 is refused', async t => {
  const directory = await folder({ 'c.yaml': new Uint8Array([0x61, 0x3a, 0xff]) })
  t.teardown(() => rm(directory, { recursive: true }))
  const { diagnostics } = await loadConfiguration(join(directory, 'c.yaml'))
  t.is(diagnostics[0]?.code, 'SC0001')
  t.regex(diagnostics[0]?.message ?? '', /it is not UTF-8 text$/)
})
