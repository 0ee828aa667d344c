import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { Client, credentials } from '@grpc/grpc-js'
import test from 'ava'
import { authorizationDefinition } from '../../ext-authz/index.js'
import { createAuthority, issueSvid } from '../../rig/pki.js'
import { checkRequest, type RequestInit } from '../ext-authz/check-request.js'
import { policyText } from '../policy/scenario.js'
import { ended, sidecert, start, withFiles } from './command.js'

const main = fileURLToPath(new URL('../../cli/main.js', import.meta.url))
const website = 'spiffe://cluster.local/ns/applications/sa/website'
const authority = await createAuthority({ trustDomain: 'cluster.local' })
const { certificate } = await issueSvid(authority, { spiffeId: website })

const settings = `
policies: [POLICY]
service: {listen: "127.0.0.1:0", admin: off}
`
const old = policyText(`{rules: [
  {from: [{source: {principals: ["*"]}}], to: [{operation: {paths: ["/token*"]}}]},
  {when: [{key: "request.headers[x-tenant]", values: [acme]}, {key: "request.headers[cookie]", notValues: [x]}]},
]}`)

function configuration(policy: string, newPolicy: string) {
  return {
    'old.yaml': settings.replace('POLICY', 'old-policy.yaml'),
    'old-policy.yaml': policy,
    'new.yaml': settings.replace('POLICY', 'new-policy.yaml'),
    'new-policy.yaml': newPolicy,
  }
}

/** What the service prints while it answers some checks. */
async function served(folder: string, requests: readonly (RequestInit | Uint8Array)[]) {
  const child = start(['serve', '-c', 'old.yaml'], folder)
  const end = ended(child)
  if (child.stdout === null) throw new Error('there is no output')
  const [first] = await once(createInterface(child.stdout), 'line')
  const client = new Client(JSON.parse(first).address, credentials.createInsecure())
  for (const request of requests) {
    const bytes = request instanceof Uint8Array ? request : checkRequest(request)
    await call(client, Buffer.from(bytes))
  }
  client.close()
  child.kill('SIGTERM')
  return (await end).stdout
}

function call(client: Client, bytes: Buffer): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const same = (buffer: Buffer) => buffer
    client.makeUnaryRequest(
      authorizationDefinition.check.path,
      same,
      same,
      bytes,
      { deadline: Date.now() + 20_000 } as never,
      (error: unknown, response: unknown) => (error ? reject(error) : resolve(response)),
    )
  })
}

const requests: readonly (RequestInit | Uint8Array)[] = [
  { certificate, path: '/token?code=s3cret' },
  { certificate, path: '/token' },
  { certificate, path: '/other' },
  { path: '/token' },
  { encodedCertificate: 'garbage', path: '/a', headers: { 'x-tenant': 'acme' } },
  { path: '/b', headers: { 'x-tenant': 'acme', cookie: 's3cret' } },
  Buffer.from('garbage'),
]

test('the log of the real service is replayed: counts, times, rules before and after', async t => {
  const stricter = policyText(
    '{rules: [{from: [{source: {namespaces: [other]}}], to: [{operation: {paths: ["/token*"]}}]}]}',
  )
  await withFiles(configuration(old, stricter), async folder => {
    const log = await served(folder, requests)
    t.notRegex(log, /s3cret/)
    await writeFile(join(folder, 'log'), log)
    const { code, stdout, stderr } = await sidecert(['replay', 'log', '-c', 'new.yaml'], folder)
    t.is(stderr, '')
    t.is(code, 1)
    const time = String.raw`\d{4}-\d\d-\d\dT[\d:.]+Z`
    t.regex(stdout, new RegExp(`^${website}\n  - POST /token  2x, ${time}(?: to ${time})?\n`))
    t.regex(
      stdout,
      / {6}allowed by ns\[curity\]-policy\[p\]-rule\[0\] -> denied: no rule matched \(workload of curity\)\n/,
    )
    t.regex(stdout, /a certificate that is no X\.509-SVID: .*\n {2}- POST \/a {2}1x/)
    t.regex(
      stdout,
      /6 decisions replayed\n2 the same\n4 changed\n1 decided without a policy, passed over\n/,
    )
  })
})

test('the policy that made the log changes nothing: it ends with 0', async t => {
  await withFiles(configuration(old, old), async folder => {
    await writeFile(join(folder, 'log'), await served(folder, requests.slice(0, 5)))
    const { code, stdout } = await sidecert(['replay', 'log', '-c', 'new.yaml'], folder)
    t.is(code, 0)
    t.regex(stdout, /^5 decisions replayed\n5 the same\n0 changed\n/)
  })
})

test('what the log withholds or lacks is told apart by name, and never guessed', async t => {
  const asks = policyText(`{action: DENY, rules: [
    {to: [{operation: {paths: [/a]}}], when: [{key: "request.headers[x-other]", values: [z]}]},
    {to: [{operation: {paths: [/b]}}], when: [{key: "request.headers[cookie]", values: [z]}]},
  ]}`)
  const files = configuration(old, `${old.replace('name: p', 'name: q')}---\n${asks}`)
  await withFiles(files, async folder => {
    await writeFile(join(folder, 'log'), await served(folder, requests))
    const json = await sidecert(['replay', 'log', '-c', 'new.yaml', '--output', 'json'], folder)
    t.is(json.code, 0)
    const { different, decisions, same, changed, cannotTell, skipped } = JSON.parse(json.stdout)
    t.deepEqual(
      { different, decisions, same, changed, skipped },
      {
        different: false,
        decisions: 6,
        same: 4,
        changed: 0,
        skipped: { events: 3, withoutPolicy: 1, malformed: 0 },
      },
    )
    t.deepEqual(cannotTell, [
      { missing: ['header x-other'], count: 1 },
      { missing: ['header cookie'], count: 1 },
    ])
  })
})

/** A line as the service writes it, with what a test says of it. */
function line(different: object = {}): string {
  return JSON.stringify({
    time: '2026-01-31T12:00:00.000Z',
    message: 'decision',
    verdict: 'allow',
    reason: 'no-policy',
    certificate: 'absent',
    namespace: 'curity',
    labels: {},
    method: 'GET',
    host: 'h',
    path: '/',
    ...different,
  })
}

const closed = policyText('{action: DENY, rules: [{to: [{operation: {paths: [/x]}}]}]}')
const open = `${settings}`.replace('admin: off', 'admin: off, whenNoPolicy: allow')
const files = { 'sidecert.yaml': open.replace('POLICY', 'policy.yaml'), 'policy.yaml': closed }

test('standard input and files of gzip are read too, with first and last time in any order', async t => {
  const times = ['2026-01-31T12:00:01.000Z', '2026-01-31T12:00:03.000Z', '2026-01-31T12:00:02.000Z']
  const text = times.map(time => `${line({ path: '/x', time })}\n`).join('')
  await withFiles(files, async folder => {
    await writeFile(join(folder, 'log.gz'), gzipSync(text))
    const zipped = await sidecert(['replay', 'log.gz'], folder)
    t.is(zipped.code, 1)
    t.regex(
      zipped.stdout,
      /- GET \/x {2}3x, 2026-01-31T12:00:01\.000Z to 2026-01-31T12:00:03\.000Z\n/,
    )
    const child = spawn(process.execPath, [main, 'replay', '-'], { cwd: folder })
    const end = ended(child)
    child.stdin.end(text)
    t.deepEqual(await end, zipped)
  })
})

test('malformed lines are named by number, a few of them, and passed over', async t => {
  const broken = Array.from({ length: 13 }, () => 'nonsense')
  const text = [line(), ...broken, line({ verdict: 'maybe' }), '', line()].join('\n')
  await withFiles({ ...files, log: text }, async folder => {
    const { code, stdout, stderr } = await sidecert(['replay', 'log'], folder)
    t.is(code, 0)
    t.regex(stderr, /^warning: log:2 is passed over: it is not JSON\n/)
    t.is(stderr.trim().split('\n').length, 11)
    t.regex(stderr, /and 4 more such lines\n$/)
    t.regex(stdout, / 2 decisions replayed\n.*14 malformed lines, passed over\n$/s)
  })
})

test('a line that does not end is passed over and not held', async t => {
  const text = `${line()}\n${'x'.repeat(3 << 20)}\n${line()}\n`
  await withFiles({ ...files, log: text }, async folder => {
    const { code, stdout, stderr } = await sidecert(['replay', 'log'], folder)
    t.is(code, 0)
    t.is(stderr, 'warning: log:2 is passed over: it is longer than 1 MiB\n')
    t.regex(stdout, /^2 decisions replayed\n/)
  })
})

for (const [what, log, says] of [
  [
    'a log that is not there',
    'nowhere',
    /error: nowhere cannot be read: there is no such file\n {2}mend: /,
  ],
  ['a directory', '.', /error: \. cannot be read: it is a directory\n/],
  [
    'a file that is no gzip',
    'plain.gz',
    /error: plain\.gz cannot be read: it is not compressed by gzip\n/,
  ],
  [
    'a log without decisions',
    'empty',
    /error: empty has no decision of a policy\n {2}mend: give what sidecert serve/,
  ],
] as const) {
  test(`${what} is refused with the mend`, async t => {
    await withFiles({ ...files, empty: '', 'plain.gz': line() }, async folder => {
      const { code, stdout, stderr } = await sidecert(['replay', log], folder)
      t.is(code, 2)
      t.is(stdout, '')
      t.regex(stderr, says)
    })
  })
}
