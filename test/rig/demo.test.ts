import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import test, { type ExecutionContext } from 'ava'

const run = promisify(execFile)
const demo = fileURLToPath(new URL('../../rig/demo.js', import.meta.url))

/** Starts the demo with a folder for temporary files of its own. */
async function startDemo(t: ExecutionContext, args: readonly string[]) {
  const folder = await mkdtemp(join(tmpdir(), 'sidecert-test-'))
  t.teardown(() => rm(folder, { recursive: true, force: true }))
  const child = spawn(process.execPath, [demo, ...args], {
    env: { ...process.env, TMPDIR: folder, NO_COLOR: '' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  t.teardown(() => void child.kill('SIGKILL'))
  const output = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const)
    child[name].setEncoding('utf8').on('data', chunk => {
      output[name] += chunk
    })
  const ended = once(child, 'close').then(([code]) => code as number | null)
  const early = ended.then(code => {
    throw new Error(`the demo ended with ${code}: ${output.stderr}`)
  })
  early.catch(() => undefined)
  const until = async (name: 'stdout' | 'stderr', text: string) => {
    while (!output[name].includes(text)) await Promise.race([once(child[name], 'data'), early])
  }
  return { child, folder, output, ended, until }
}

/** Command lines of the processes that run for the folder. */
async function processesOf(folder: string): Promise<readonly string[]> {
  return (await commandLines()).filter(line => line.includes(folder))
}

async function commandLines(): Promise<readonly string[]> {
  const pids = (await readdir('/proc').catch(() => [])).filter(name => /^\d+$/.test(name))
  if (pids.length === 0) return (await run('ps', ['-eo', 'args'])).stdout.split('\n')
  // A process may end while the others are looked at.
  const read = (pid: string) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')
  return Promise.all(pids.map(read))
}

/** Sends what a command like `curl URL -d NAME=VALUE -H @FILE` sends. */
async function asCurlDoes(command: string): Promise<string> {
  const [, , url = '', ...options] = command.split(/ +/)
  const values = (option: string) => options.filter((_, index) => options[index - 1] === option)
  const headers = await Promise.all(
    values('-H').map(async file => (await readFile(file.slice(1), 'utf8')).trim().split(': ', 2)),
  )
  const body = new URLSearchParams(values('-d').join('&'))
  const response = await fetch(url, {
    method: 'POST',
    body,
    headers: headers.map(([name = '', value = '']) => [name, value] as [string, string]),
  })
  return response.text()
}

async function assertNothingLeft(t: ExecutionContext, folder: string): Promise<void> {
  t.deepEqual(await processesOf(folder), [])
  t.deepEqual(await readdir(folder), [])
}

test.serial(
  'the demo gets a token, shows every forgery refused and leaves nothing behind',
  async t => {
    const { folder, output, ended } = await startDemo(t, [])

    t.is(await ended, 0, output.stderr)

    t.regex(output.stdout, /✓ an access token for website-client/)
    t.regex(output.stdout, /guestbook, which no policy names +· server: 401( +✓ sidecar: 403){3}/)
    t.regex(output.stdout, /\n +x-client-certificate +✗ token stolen( +✓ server: 401){3}/)
    t.regex(output.stdout, /\n +plain HTTP +✗ token stolen( +✓ sidecar: 403){3}/)
    t.regex(output.stdout, /✓ sidecert: all 33 calls ended as they should/)
    t.false(output.stdout.includes('\x1b'), 'colour is for terminals')
    t.regex(output.stderr, /starting/)
    await assertNothingLeft(t, folder)
  },
)

test.serial('a demo of one way shows that way beside the filter it replaces', async t => {
  const { output, ended } = await startDemo(t, ['--forwarding', 'native'])
  t.is(await ended, 0, output.stderr)
  t.regex(output.stdout, /filter +native\n/)
  t.notRegex(output.stdout, /\bext-authz\b/)
})

for (const signal of ['SIGINT', 'SIGTERM'] as const)
  test.serial(`a demo that is stopped by ${signal} half-way leaves nothing behind`, async t => {
    const { child, folder, ended, until } = await startDemo(t, ['--forwarding', 'native'])
    await until('stderr', 'Envoys beside the workloads')

    child.kill(signal)

    t.is(await ended, signal === 'SIGINT' ? 130 : 143)
    await assertNothingLeft(t, folder)
  })

test.serial('a demo that is kept answers the calls that it names until it is stopped', async t => {
  const { child, folder, output, ended, until } = await startDemo(t, ['--keep'])
  await until('stdout', 'until Ctrl-C.')
  const commands = output.stdout.split('\n').filter(line => line.startsWith('  curl '))
  const bodies = await Promise.all(commands.map(asCurlDoes))
  const tokens = bodies.map(body => body.includes('"access_token"'))
  // The website's own call, reports' forgery, guestbook's call, the forgery in plain HTTP.
  t.deepEqual(tokens.slice(0, 4), [true, true, false, true], "the article's filter")
  t.is(tokens.length, 16)
  for (const start of [4, 8, 12])
    t.deepEqual(tokens.slice(start, start + 4), [true, false, false, false])

  child.kill('SIGINT')

  t.is(await ended, 0)
  await assertNothingLeft(t, folder)
})

test.serial('help is shown on request', async t => {
  const { output, ended } = await startDemo(t, ['--help'])
  t.is(await ended, 0)
  t.regex(output.stdout, /^Usage: npm run demo/)
  t.is(output.stderr, '')
})

const mistakes: readonly (readonly [readonly string[], RegExp])[] = [
  [['--forwarding', 'none'], /^demo: --forwarding is one of lua, native, ext-authz and all; see /],
  [['--keeep'], /^demo: Unknown option '--keeep'; see npm run demo -- --help\n$/],
  [['native'], /^demo: Unexpected argument 'native'[^\n]*; see npm run demo -- --help\n$/],
]

for (const [args, message] of mistakes)
  test.serial(`wrong usage gets one line and exit code 2: ${args.join(' ')}`, async t => {
    const { output, ended } = await startDemo(t, args)
    t.is(await ended, 2)
    t.regex(output.stderr, message)
    t.is(output.stderr.trimEnd().split('\n').length, 1)
    t.is(output.stdout, '')
  })
