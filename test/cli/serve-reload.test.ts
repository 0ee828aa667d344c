import { mkdir, rename, rm, symlink, truncate, unlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { inputsVersion } from '../../ext-authz/index.js'
import { createAuthority } from '../../rig/index.js'
import { eventually } from '../eventually.js'
import { allowing, runService, socketsIn, temporaryFolder } from './running-service.js'

/** A service with one policy file, which allows /a. */
async function service(t: ExecutionContext, settings = '', more: Record<string, string> = {}) {
  const folder = await temporaryFolder(t, { 'policies/p.yaml': allowing('/a'), ...more })
  const yaml = `policies: ["policies/*.yaml"]\nservice: {${socketsIn(folder)}}\n${settings}`
  const config = join(folder, 'sidecert.yaml')
  await writeFile(config, yaml)
  const running = await runService(t, folder, config)
  return { ...running, folder, yaml, config, policy: join(folder, 'policies/p.yaml') }
}

/** Replaces a file as editors and tools do. */
async function replace(file: string, text: string): Promise<void> {
  await writeFile(`${file}.new`, text)
  await rename(`${file}.new`, file)
}

test.serial(
  'every swap of a ConfigMap under load is one version, and each decision is right by it',
  async t => {
    const folder = await temporaryFolder(t)
    const config = join(folder, 'config')
    const yaml = `policies: ["*-policy.yaml"]\nservice: {${socketsIn(folder)}}\n`
    const prefixes = ['a', 'b', 'c', 'd', 'a'] as const
    const filesFor = (prefix: string) => ({
      'sidecert.yaml': yaml,
      '1-policy.yaml': allowing(`/${prefix}/1/*`, 'one'),
      '2-policy.yaml': allowing(`/${prefix}/2/*`, 'two'),
    })
    const swapTo = async (index: number) => {
      const data = `..${index}`
      await mkdir(join(config, data), { recursive: true })
      for (const [name, text] of Object.entries(filesFor(prefixes[index] as string)))
        await writeFile(join(config, data, name), text)
      await symlink(data, join(config, '..data_tmp'))
      await rename(join(config, '..data_tmp'), join(config, '..data'))
      if (index > 0) await rm(join(config, `..${index - 1}`), { recursive: true })
    }
    await swapTo(0)
    for (const name of Object.keys(filesFor('')))
      await symlink(join('..data', name), join(config, name))
    const { check, event, lines, ready } = await runService(
      t,
      folder,
      join(config, 'sidecert.yaml'),
    )

    const answers = new Map<string, number | undefined>()
    let swapping = true
    const callers = Promise.all(
      ['a/1', 'b/1', 'c/2', 'd/2'].map(async prefix => {
        for (let at = 0; swapping; at++) {
          const path = `/${prefix}/${at}`
          answers.set(path, await check(path))
        }
      }),
    )
    const versionOf = (prefix: string) => {
      const contents = Object.entries(filesFor(prefix))
      return inputsVersion(contents.map(([name, content]) => ({ name, content })))
    }
    for (let index = 1; index < prefixes.length; index++) {
      await swapTo(index)
      t.like(await event('version in force'), {
        version: versionOf(prefixes[index] as string),
        previous: versionOf(prefixes[index - 1] as string),
      })
    }
    t.regex(
      (await ready()).lines[1] ?? '',
      new RegExp(`^version ${versionOf('a')} in force since `),
    )
    swapping = false
    await callers
    await check('/the/last')
    await eventually('the last decision', () => lines.some(({ path }) => path === '/the/last'))

    const prefixOf = new Map(prefixes.map(prefix => [versionOf(prefix), prefix]))
    const decisions = lines.filter(({ message, path }) => {
      return message === 'decision' && answers.has(String(path))
    })
    t.is(decisions.length, answers.size)
    for (const { path, version, verdict } of decisions) {
      const allowed = String(path).startsWith(`/${prefixOf.get(String(version))}/`)
      t.is(verdict, allowed ? 'allow' : 'deny', `${path} by ${version}`)
      t.is(answers.get(String(path)), allowed ? 0 : 7)
    }
    t.is(lines.filter(({ message }) => message === 'version refused').length, 0)
  },
)

for (const [what, spoil, says] of [
  ['garbage', (file: string) => replace(file, '\u0000\u0001{[garbage'), /SC0201/],
  ['bytes that are no text', (file: string) => writeFile(file, Buffer.from([0xff, 0xfe])), /UTF-8/],
  ['nothing', (file: string) => truncate(file, 0), /SC0003/],
  ['half of itself', (file: string) => truncate(file, 150), /SC0/],
  [
    'a policy with an unknown field',
    (file: string) => replace(file, allowing('/a').replace('rules', 'ruls')),
    /ruls/,
  ],
  [
    'a directory',
    async (file: string) => {
      await unlink(file)
      await mkdir(file)
    },
    /SC0004/,
  ],
  ['no file', (file: string) => unlink(file), /matches no file/],
] as const) {
  test.serial(
    `a policy file replaced by ${what} leaves the old version in force, and it is said`,
    async t => {
      const { policy, check, event, ready, lines } = await service(t)
      t.is(await check('/a'), 0)
      const before = lines.find(({ message }) => message === 'listening')?.version
      await spoil(policy)
      const refused = await event('version refused')
      t.regex(JSON.stringify(refused.diagnostics), says)
      t.is(refused.running, before)
      t.is(await check('/a'), 0)
      t.is(await check('/b'), 7)
      const { status, lines: said } = await ready()
      t.is(status, 200)
      t.is(said[0], 'ready')
      t.regex(said[1] ?? '', new RegExp(`^version ${before} in force since`))
      t.regex(said[2] ?? '', new RegExp(`^version ${refused.version} refused since`))
      t.regex(said[3] ?? '', says)
      await rm(policy, { recursive: true, force: true })
      await replace(policy, allowing('/b'))
      await event('version in force')
      t.is(await check('/a'), 7)
      t.is(await check('/b'), 0)
      t.is((await ready()).lines.length, 2)
    },
  )
}

test.serial('a policy file that comes, and one that goes, are seen', async t => {
  const { folder, check, event } = await service(t)
  const more = join(folder, 'policies/q.yaml')
  t.is(await check('/q'), 7)
  await replace(more, allowing('/q', 'q'))
  await event('version in force')
  t.is(await check('/q'), 0)
  await unlink(more)
  await event('version in force')
  t.is(await check('/q'), 7)
  t.is(await check('/a'), 0)
})

test.serial('SIGHUP has it look, and say so when there is nothing', async t => {
  const { kill, event, lines } = await service(t)
  kill('SIGHUP')
  const said = await event('nothing to reload')
  t.is(said.version, lines[0]?.version)
  t.regex(String(said.cause), /signal$/)
})

test.serial('settings are taken over, and those that cannot be ask for a restart', async t => {
  const { config, yaml, check, event, ready } = await service(t)
  t.is(await check('/b'), 7)
  await replace(config, yaml.replace('check.sock"', 'other.sock", dryRun: true'))
  await event('version in force')
  t.deepEqual((await event('restart needed')).settings, ['service.listen'])
  t.is(await check('/b'), 0)
  t.is((await ready()).lines.at(-1), 'restart needed for service.listen')
})

test.serial('dry run lets a denied request pass and says that it was not enforced', async t => {
  const folder = await temporaryFolder(t)
  const config = join(folder, 'sidecert.yaml')
  await writeFile(config, `service: {dryRun: true, ${socketsIn(folder)}}\n`)
  const { check, event } = await runService(t, folder, config)
  t.is(await check('/a'), 0)
  t.like(await event('decision'), { verdict: 'deny', enforced: false, reason: 'no-policy' })
})

test.serial('a trust bundle that changes is a new version, and a broken one is none', async t => {
  const [one, two] = [
    await createAuthority({ trustDomain: 'cluster.local' }),
    await createAuthority({ trustDomain: 'cluster.local' }),
  ]
  const { folder, event } = await service(
    t,
    'trustBundles: [{trustDomain: cluster.local, file: ca/ca.pem}]\n',
    { 'ca/ca.pem': one.caPem },
  )
  const file = join(folder, 'ca/ca.pem')
  await replace(file, two.caPem)
  t.is((await event('version in force')).cause, 'files')
  await replace(file, 'not a certificate\n')
  t.regex(JSON.stringify((await event('version refused')).diagnostics), /SC04/)
  await unlink(file)
  t.regex(JSON.stringify((await event('version refused')).diagnostics), /cannot be read/)
})

test.serial(
  'a broken configuration is refused with its place, and SIGTERM still ends it in order',
  async t => {
    const { config, event, kill, ended, check } = await service(t)
    await replace(config, 'service: {lisen: x}\n')
    t.like((await event('version refused')).diagnostics, {
      0: { code: 'SC0101', place: { line: 1, column: 11 } },
    })
    t.is(await check('/a'), 0)
    kill('SIGTERM')
    await event('stopped')
    t.is(await ended, 0)
  },
)
