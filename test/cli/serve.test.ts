import { once } from 'node:events'
import { createInterface } from 'node:readline'
import test from 'ava'
import { ended, start, withFiles } from './command.js'

const yaml = 'service: {listen: "127.0.0.1:0", admin: off}\n'

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  test(`serve says where it listens and ends in order on ${signal}`, async t => {
    await withFiles({ 'sidecert.yaml': yaml }, async folder => {
      const child = start(['serve'], folder)
      const end = ended(child)
      if (child.stdout === null) return t.fail()
      const [first] = await once(createInterface(child.stdout), 'line')
      t.like(JSON.parse(first), { message: 'listening' })
      t.regex(JSON.parse(first).address, /^127\.0\.0\.1:\d+$/)
      child.kill(signal)
      const { code, stdout, stderr } = await end
      t.is(code, 0)
      t.is(stderr, '')
      const messages = stdout
        .trim()
        .split('\n')
        .map(line => JSON.parse(line).message)
      t.deepEqual(messages, ['listening', 'stopping', 'stopped'])
    })
  })
}
