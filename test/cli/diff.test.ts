import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import test from 'ava'
import { policyText } from '../policy/scenario.js'
import { sidecert, withFiles } from './command.js'

const example = fileURLToPath(new URL('../../../examples/curity/', import.meta.url))

const base = `
trustDomain: curitydemo
authorizationServer: {product: curity, namespace: curity, release: curity}
clients: [{clientId: website, workload: applications/mywebsite}]
`
const withBatch = base.replace(']', ', {clientId: batch, workload: batch/runner}]')

test('nothing that differs ends with 0 and says so', async t => {
  const { code, stdout, stderr } = await sidecert(['diff', example, join(example, 'sidecert.yaml')])
  t.is(code, 0)
  t.is(stderr, '')
  t.regex(stdout, /^no difference: nobody gains or loses an operation\n/)
})

test('a client that is added gains the OAuth endpoints, and it ends with 1', async t => {
  await withFiles({ 'old.yaml': base, 'new.yaml': withBatch }, async folder => {
    const { code, stdout, stderr } = await sidecert(['diff', 'old.yaml', 'new.yaml'], folder)
    t.is(code, 1)
    t.is(stderr, '')
    t.is(
      stdout,
      `workload curity role=curity-idsvr-runtime
  spiffe://curitydemo/ns/batch/sa/runner
    + any method /oauth/v2/*
        denied: no rule matched -> allowed by ns[curity]-policy[sidecert-callers]-rule[0]

1 caller gains, 0 callers lose
1 kind of requests decided by both sides
`,
    )
  })
})

test('the other way round it is lost, and as JSON each caller has an entry', async t => {
  await withFiles({ 'old.yaml': withBatch, 'new.yaml': base }, async folder => {
    const { code, stdout } = await sidecert(
      ['diff', 'old.yaml', 'new.yaml', '--output', 'json'],
      folder,
    )
    t.is(code, 1)
    const { different, settings, workloads, leftOut } = JSON.parse(stdout)
    t.true(different)
    t.deepEqual(settings, [])
    t.deepEqual(leftOut, [])
    t.deepEqual(workloads[0].workloads, ['curity role=curity-idsvr-runtime'])
    t.like(workloads[0].callers, [
      {
        caller: 'spiffe://curitydemo/ns/batch/sa/runner',
        gained: [],
        lost: [
          {
            operation: 'any method /oauth/v2/*',
            before: { verdict: 'allow', rule: 'ns[curity]-policy[sidecert-callers]-rule[0]' },
            after: { verdict: 'deny', reason: 'no-rule-matched' },
          },
        ],
      },
    ])
  })
})

test('a setting that decides is named beside what it changes', async t => {
  const files = {
    'old.yaml': 'trustDomain: td\n',
    'new.yaml': 'trustDomain: td\nservice: {whenNoPolicy: allow}\n',
  }
  await withFiles(files, async folder => {
    const { code, stdout } = await sidecert(['diff', 'old.yaml', 'new.yaml'], folder)
    t.is(code, 1)
    t.regex(stdout, /^service\.whenNoPolicy {2}deny -> allow\n/)
    t.regex(
      stdout,
      /no certificate\n.*\n {2}any workload\n {4}\+ everything\n {8}denied: no policy -> allowed: no policy\n/,
    )
  })
})

test('plain policies are compared as Istio reads them, whole directories too', async t => {
  await withFiles({}, async folder => {
    for (const name of ['old', 'new']) await mkdir(join(folder, name))
    const rule = (path: string) => policyText(`{rules: [{to: [{operation: {paths: [${path}]}}]}]}`)
    await writeFile(join(folder, 'old', 'a.yaml'), rule('/a'))
    await writeFile(join(folder, 'new', 'a.yaml'), rule('/b'))
    await writeFile(
      join(folder, 'new', 'a.test.yaml'),
      'cases: [{name: b, request: {identity: spiffe://td/ns/tested/sa/x, path: /b}, expect: allow}]\n',
    )
    const { code, stdout, stderr } = await sidecert(['diff', 'old', 'new'], folder)
    t.is(stderr, '')
    t.is(code, 1)
    t.regex(
      stdout,
      /^workload curity \(any other workload\)\n {2}spiffe:\/\/td\/ns\/tested\/sa\/x\n/,
    )
    t.regex(stdout, / {4}- any method \/a\n.* {4}\+ any method \/b\n/s)
  })
})

test('callers and workloads that only a policy test names are looked at each by itself', async t => {
  const policy = (path: string) => policyText(`{rules: [{to: [{operation: {paths: [${path}]}}]}]}`)
  const cases = `
workload: {namespace: curity, labels: {app: tested}}
cases: [{name: a, request: {identity: spiffe://td/ns/tested/sa/x, path: /a}, expect: allow}]
`
  const settings = (name: string) => `policies: [${name}/*.yaml]\n`
  await withFiles({ 'old.yaml': settings('old'), 'new.yaml': settings('new') }, async folder => {
    for (const name of ['old', 'new']) await mkdir(join(folder, name))
    await writeFile(join(folder, 'old', 'p.yaml'), policy('/a'))
    await writeFile(join(folder, 'old', 'p.test.yaml'), cases)
    await writeFile(join(folder, 'new', 'p.yaml'), policy('/b'))
    const { code, stdout } = await sidecert(['diff', 'old.yaml', 'new.yaml'], folder)
    t.is(code, 1)
    t.regex(stdout, /^workload curity app=tested\n/m)
    t.regex(stdout, /^ {2}spiffe:\/\/td\/ns\/tested\/sa\/x\n/m)
  })
})

for (const [what, args, says] of [
  [
    'a file that is not there',
    ['nowhere.yaml', 'a.yaml'],
    /error: nowhere\.yaml cannot be read: there is no such file\n {2}mend: name a sidecert/,
  ],
  [
    'an empty directory',
    ['.', 'empty'],
    /error: empty holds neither a sidecert\.yaml nor policies\n/,
  ],
  [
    'a configuration with an unknown key',
    ['a.yaml', 'b.yaml'],
    /error SC0101: .*\n {2}--> b\.yaml:1:1/,
  ],
  ['policies that are none', ['p.yaml', 'q.yaml'], /error SC0202: .*\n {2}--> q\.yaml/],
  [
    'a configuration and policies',
    ['a.yaml', 'p.yaml'],
    /error: one side is a configuration and the other one plain policies\n {2}mend: /,
  ],
  ['one side alone', ['a.yaml'], /missing required argument 'new'/],
] as const) {
  test(`${what} is refused with the mend`, async t => {
    const files = {
      'a.yaml': base,
      'sidecert.yaml': base,
      'b.yaml': 'trustdomain: td\n',
      'p.yaml': policyText('{rules: [{}]}'),
      'q.yaml': policyText('{rulez: [{}]}'),
    }
    await withFiles(files, async folder => {
      await mkdir(join(folder, 'empty'))
      const { code, stdout, stderr } = await sidecert(['diff', ...args], folder)
      t.is(code, 2)
      t.is(stdout, '')
      t.regex(stderr, says)
    })
  })
}
