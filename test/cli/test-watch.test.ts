import { once } from 'node:events'
import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import test from 'ava'
import { sidecert, start, withFiles } from './command.js'
import { failing, files, policy } from './policy-tests.js'

test('a watch runs again after each change, survives broken input and ends on Ctrl-C', async t => {
  await withFiles(files, async folder => {
    const child = start(['test', '--watch', '--junit', 'out.xml'], folder)
    const put = (name: string, text: string) => writeFile(join(folder, name), text)
    const pause = () => new Promise(resolve => setTimeout(resolve, 500))
    let output = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', chunk => {
        output += chunk
        child.emit('output')
      })
    }
    /** Makes a change and waits for what is to be printed of it. */
    const prints = async (expected: RegExp, change: () => Promise<unknown>) => {
      output = ''
      await change()
      const signal = AbortSignal.timeout(20_000)
      while (!expected.test(output)) await once(child, 'output', { signal })
      t.regex(output, expected)
    }
    try {
      await prints(/\n2 passed\n[\s\S]*watching \.; Ctrl-C ends\n/, async () => undefined)
      await prints(/\n1 failed, 1 passed\n/, () => put('policy.yaml', policy('/c')))
      await prints(/error SC0002/, () => put('policy.yaml', 'kind: ['))
      await prints(/error SC0101/, () => put('sidecert.yaml', 'policy: []\n'))
      await prints(/\n2 passed\n/, async () => {
        await put('policy.yaml', policy('/a'))
        await put('next', files['sidecert.yaml'])
        await rename(join(folder, 'next'), join(folder, 'sidecert.yaml'))
      })
      await prints(/1 failed, 3 passed/, () => put('b.test.yaml', failing['b.test.yml']))
      await prints(/\n2 passed\n/, () => rm(join(folder, 'b.test.yaml')))
      await prints(/1 failed, 1 passed/, async () => {
        await mkdir(join(folder, 'policies'))
        await put('policies/p.yaml', policy('/a'))
        await put('policies/p.test.yaml', failing['b.test.yml'])
        await put('sidecert.yaml', 'policies: [policies/*.yaml]\n')
      })
      await prints(/✗ fine[\s\S]*✓ b is open[\s\S]*Ctrl-C ends/, () => {
        return put('policies/p.yaml', policy('/b'))
      })
      await pause()
      output = ''
      await put('notes.txt', 'x')
      await pause()
      t.is(output, '')
      child.kill('SIGINT')
      const [code] = await once(child, 'close', { signal: AbortSignal.timeout(20_000) })
      t.is(code, 0)
    } finally {
      child.kill('SIGKILL')
    }
  })
})

test('a watch whose results cannot be written ends with the mend', async t => {
  const { code, stderr } = await withFiles(files, folder =>
    sidecert(['test', '--watch', '--junit', 'nowhere/out.xml'], folder),
  )
  t.is(code, 2)
  t.regex(stderr, /^error: nowhere\/out\.xml cannot be written \(ENOENT\)\n {2}mend: /)
})
