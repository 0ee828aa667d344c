import { PassThrough } from 'node:stream'
import { Client, credentials } from '@grpc/grpc-js'
import test from 'ava'
import { openDecisionLog, Reloader, startServer, type Usable } from '../../../ext-authz/index.js'
import { eventually } from '../../eventually.js'
import { checkerOf } from '../check-client.js'
import { allowing, broken } from './versions.js'

test('under load each answer is that of the version that the log names', async t => {
  const versions = [allowing('/a/*'), allowing('/b/*')] as const
  const inputs = { current: versions[0] }
  const lines = new PassThrough()
  let written = ''
  lines.on('data', chunk => {
    written += chunk
  })
  const log = openDecisionLog(lines)
  const reloader = new Reloader({
    read: async () => inputs.current,
    first: { candidate: versions[0], built: versions[0].build() as Usable },
    log,
    timings: { debounce: 1, settle: 1 },
  })
  const listen = { kind: 'tcp', host: '127.0.0.1', port: 0 } as const
  const server = await startServer({ listen, authorizers: reloader, log })
  const client = new Client(server.address, credentials.createInsecure())
  const check = checkerOf(client)

  const answers = new Map<string, number | undefined>()
  let swapping = true
  const caller = async (prefix: string) => {
    for (let at = 0; swapping; at++) {
      const path = `/${prefix}/${at}`
      answers.set(path, await check(path))
    }
  }
  const callers = Promise.all(['a', 'b'].map(caller))
  for (let swap = 1; swap <= 30; swap++) {
    const next = versions[swap % 2] as (typeof versions)[0]
    inputs.current = broken(`between ${swap}`)
    reloader.request('files')
    await eventually('refused', () => reloader.status.refused)
    inputs.current = next
    reloader.request('files')
    const answered = answers.size
    await eventually('swapped', () => reloader.current.version === next.version)
    await eventually('answered by it', () => answers.size > answered + 4)
  }
  swapping = false
  await callers
  client.close()
  await server.stop()
  await reloader.stop()

  const prefixOf = new Map([
    [versions[0].version, 'a'],
    [versions[1].version, 'b'],
  ])
  const decisions = written
    .trim()
    .split('\n')
    .map(line => JSON.parse(line))
    .filter(({ message }) => message === 'decision')
  t.is(decisions.length, answers.size)
  const used = new Set<string>()
  for (const { path, version, verdict } of decisions) {
    used.add(version)
    const right = path.startsWith(`/${prefixOf.get(version)}/`) ? 'allow' : 'deny'
    t.is(verdict, right, `${path} by ${version}`)
    t.is(answers.get(path), right === 'allow' ? 0 : 7, path)
  }
  t.is(used.size, 2)
})
