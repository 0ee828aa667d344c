import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import test from 'ava'
import { startChild, waitUntilReady } from '../../rig/child.js'
import { RigError } from '../../rig/rig-error.js'

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

async function until(condition: () => boolean): Promise<void> {
  const giveUp = Date.now() + 20_000
  while (!condition()) {
    if (Date.now() > giveUp) throw new Error('the condition did not come true')
    await new Promise(resolve => setTimeout(resolve, 20))
  }
}

/** A shell that tells its pid, then becomes a long sleep. */
const sleeper = ['-c', 'echo $$; exec sleep 300']

test('a child that is stopped is gone, and so is its program', async t => {
  const lines: string[] = []
  const child = startChild({
    name: 'sleeper',
    command: '/bin/sh',
    args: sleeper,
    onLine: line => lines.push(line),
  })
  await waitUntilReady(child, async () => lines.length > 0)
  const pid = Number(lines[0])
  t.true(isAlive(pid))

  await child.stop()

  t.is(await child.ended, 'exit code 143')
  t.false(isAlive(pid))
})

test('a child that ignores the request to stop is killed', async t => {
  const lines: string[] = []
  const child = startChild({
    name: 'stubborn',
    command: '/bin/sh',
    args: ['-c', 'trap "" TERM; echo $$; while :; do sleep 1; done'],
    onLine: line => lines.push(line),
  })
  await waitUntilReady(child, async () => lines.length > 0)

  await child.stop()

  const pid = Number(lines[0])
  await until(() => !isAlive(pid))
  t.is(await child.ended, 'signal SIGKILL')
})

test('a child does not outlive a parent that is killed', async t => {
  const module = fileURLToPath(new URL('../../rig/child.js', import.meta.url))
  const script = `
    import { startChild } from ${JSON.stringify(module)}
    startChild({ name: 'sleeper', command: '/bin/sh', args: ${JSON.stringify(sleeper)}, onLine: console.log })
  `
  const parent = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [output] = await once(parent.stdout, 'data')
  const pid = Number(String(output))
  t.true(isAlive(pid))

  parent.kill('SIGKILL')

  await until(() => !isAlive(pid))
  t.false(isAlive(pid))
})

test('a child that ends before it is ready is told with its last words', async t => {
  const child = startChild({
    name: 'the broken one',
    command: '/bin/sh',
    args: ['-c', 'echo no such port; exit 3'],
  })

  const error = await t.throwsAsync(
    waitUntilReady(child, async () => false),
    { instanceOf: RigError, message: 'the broken one ended with exit code 3\nno such port' },
  )

  t.is((error as RigError).code, 'process-not-ready')
})

test('a program that is not there is told as such', async t => {
  const child = startChild({ name: 'the missing one', command: '/nowhere/program', args: [] })

  await t.throwsAsync(
    waitUntilReady(child, async () => false),
    { instanceOf: RigError, message: /the missing one ended with exit code 127\n.*not found/ },
  )
})

test('a child that is not ready in time is told as such', async t => {
  const child = startChild({ name: 'the slow one', command: '/bin/sh', args: sleeper })
  t.teardown(() => child.stop())

  await t.throwsAsync(
    waitUntilReady(child, async () => false, 50),
    { instanceOf: RigError, message: /the slow one was not ready within 0\.05 s/ },
  )
})
