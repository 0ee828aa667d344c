import { createServer } from 'node:net'
import test from 'ava'
import { sidecert, withFiles } from './command.js'

const policy = (spec: string) => `apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata:
  name: token
  namespace: curity
spec:
${spec}
`

/** What is wrong, where it must be said to be, and what must be said. */
const cases: readonly {
  readonly what: string
  readonly files: Readonly<Record<string, string>>
  readonly code: string
  readonly says: RegExp
  readonly at?: string
}[] = [
  {
    what: 'a configuration that does not exist',
    files: {},
    code: 'SC0001',
    says: /sidecert\.yaml cannot be read: there is no such file/,
  },
  {
    what: 'an empty configuration',
    files: { 'sidecert.yaml': '' },
    code: 'SC0003',
    says: /the file says nothing/,
  },
  {
    what: 'YAML with a tab',
    files: { 'sidecert.yaml': 'service:\n\tlisten: 127.0.0.1:0\n' },
    code: 'SC0002',
    says: /tab/i,
    at: 'sidecert.yaml:2:1',
  },
  {
    what: 'an unknown key',
    files: { 'sidecert.yaml': 'trustDomian: curitydemo\n' },
    code: 'SC0101',
    says: /trustDomian[\s\S]*trustDomain/,
    at: 'sidecert.yaml:1:1',
  },
  {
    what: 'a pattern of policies that matches nothing',
    files: { 'sidecert.yaml': 'policies: [nothing/*.yaml]\n' },
    code: 'SC0004',
    says: /nothing\/\*\.yaml matches no file/,
    at: 'sidecert.yaml:1:12',
  },
  {
    what: 'a policy with an unknown field',
    files: {
      'sidecert.yaml': 'policies: [policy.yaml]\n',
      'policy.yaml': policy('  rules:\n    - form: []'),
    },
    code: 'SC0202',
    says: /form[\s\S]*from/,
    at: 'policy.yaml:8:7',
  },
  {
    what: 'a policy that asks for what the service cannot see',
    files: {
      'sidecert.yaml': 'policies: [policy.yaml]\n',
      'policy.yaml': policy('  rules:\n    - from:\n        - source: {requestPrincipals: ["*"]}'),
    },
    code: 'SC0205',
    says: /requestPrincipals/,
    at: 'policy.yaml:9:20',
  },
  {
    what: 'a trust bundle that holds no certificate',
    files: {
      'sidecert.yaml': 'trustBundles: [{trustDomain: cluster.local, file: ca.pem}]\n',
      'ca.pem': 'not a certificate\n',
    },
    code: 'SC04',
    says: /ca\.pem/,
  },
]

for (const { what, files, code, says, at } of cases) {
  test(`serve refuses ${what} with one clear message and exit code 2`, async t => {
    const {
      code: exit,
      stdout,
      stderr,
    } = await withFiles(files, folder => sidecert(['serve'], folder))
    t.is(exit, 2)
    t.is(stdout, '')
    t.true(stderr.startsWith(`error ${code}`), stderr)
    t.is(stderr.match(/^error /gm)?.length, 1, stderr)
    t.regex(stderr, says)
    t.regex(stderr, /^ {2}mend: /m)
    t.notRegex(stderr, /\n\s+at |\.js:\d+/)
    if (at !== undefined) t.true(stderr.includes(`--> ${at}\n`), stderr)
  })
}

test('the caret stands under what is wrong', async t => {
  const { stderr } = await withFiles({ 'sidecert.yaml': 'service:\n  lisen: x:1\n' }, folder =>
    sidecert(['serve'], folder),
  )
  const lines = stderr.split('\n')
  const source = lines.findIndex(line => line.includes('lisen: x:1'))
  t.is(lines[source + 1]?.indexOf('^'), lines[source]?.indexOf('lisen'))
})

test('serve refuses a port in use', async t => {
  const other = createServer()
  await new Promise<void>(resolve => other.listen(0, '127.0.0.1', resolve))
  const { port } = other.address() as { port: number }
  const yaml = `service: {listen: "127.0.0.1:${port}", admin: off}\n`
  const { code, stdout, stderr } = await withFiles({ 'sidecert.yaml': yaml }, folder =>
    sidecert(['serve'], folder),
  )
  other.close()
  t.is(code, 2)
  t.is(stdout, '')
  t.is(
    stderr,
    `error: 127.0.0.1:${port} is in use by another process\n` +
      '  mend: stop that process, or name another address in service.listen\n',
  )
})

for (const [args, says] of [
  [['sreve'], /unknown command 'sreve'[\s\S]*serve/],
  [['serve', '--confg', 'x'], /unknown option '--confg'[\s\S]*--config/],
  [['serve', 'extra'], /too many arguments/],
  [['generate', '--forwarding', 'magic'], /magic[\s\S]*lua, native, ext-authz/],
] as const) {
  test(`sidecert ${args.join(' ')} is wrong usage: exit code 2 and a hint`, async t => {
    const { code, stdout, stderr } = await sidecert(args)
    t.is(code, 2)
    t.is(stdout, '')
    t.regex(stderr, says)
  })
}
