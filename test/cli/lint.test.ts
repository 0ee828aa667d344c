import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import test from 'ava'
import { sidecert, withFiles } from './command.js'

const policy = (rules: string) => `apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata:
  name: orders
  namespace: shop
spec:
  rules:
${rules}`

const bad = policy(`    - from:
        - source:
            principals: ["cluster.local/ns/shop/sa/web*"]
`)
const good = bad.replace('web*', 'web')

test('a finding has its line, a caret, the reason, the mend and how to accept it, and ends with 1', async t => {
  const { code, stdout, stderr } = await withFiles({ 'policy.yaml': bad }, folder =>
    sidecert(['lint', 'policy.yaml'], folder),
  )
  t.is(code, 1)
  t.is(stderr, '')
  const lines = stdout.split('\n')
  t.is(lines[0], 'policy.yaml')
  t.regex(stdout, /^ {2}warning SL1001: cluster\.local.* names cluster\.local\S*web-evil too$/m)
  t.regex(stdout, /^ {4}--> policy\.yaml:10:26$/m)
  const source = lines.findIndex(line => line.startsWith('    10 |'))
  t.is(lines[source + 1]?.indexOf('^'), lines[source]?.indexOf('"cluster'))
  t.regex(stdout, /^ {4}why: /m)
  t.regex(stdout, /^ {4}mend: /m)
  t.regex(stdout, /^ {4}accept: # sidecert-lint: accept SL1001 because …$/m)
  t.is(lines.at(-2), '1 warning in 1 file')
})

test('without findings it says so and ends with 0', async t => {
  const { code, stdout } = await withFiles({ 'policy.yaml': good }, folder =>
    sidecert(['lint', 'policy.yaml'], folder),
  )
  t.is(code, 0)
  t.is(stdout, 'nothing to object to in 1 file\n')
})

test('notes alone end with 0', async t => {
  const { code, stdout } = await withFiles(
    { 'policy.yaml': good.replace('cluster.local/ns/shop/sa/web', '*') },
    folder => sidecert(['lint', 'policy.yaml'], folder),
  )
  t.is(code, 0)
  t.regex(stdout, /note SL1006/)
})

test('an accepted finding is counted and ends with 0', async t => {
  const accepted = bad.replace(
    '"]\n',
    '"] # sidecert-lint: accept SL1001 because names are checked\n',
  )
  const { code, stdout } = await withFiles({ 'policy.yaml': accepted }, folder =>
    sidecert(['lint', 'policy.yaml'], folder),
  )
  t.is(code, 0)
  t.is(stdout, 'nothing to object to in 1 file; 1 finding accepted\n')
})

test('a directory is searched, and what is neither Kubernetes nor Envoy is passed over', async t => {
  const { code, stdout } = await withFiles({ 'package.json': '{"name": "x"}' }, async folder => {
    await mkdir(join(folder, 'deep/node_modules'), { recursive: true })
    await writeFile(join(folder, 'deep/policy.yml'), bad)
    await writeFile(join(folder, 'deep/template.yaml'), 'a: {{ .Values.x }}: b\n')
    await writeFile(join(folder, 'deep/node_modules/policy.yml'), bad)
    return sidecert(['lint', '.'], folder)
  })
  t.is(code, 1)
  t.regex(stdout, /--> deep\/policy\.yml:10:26/)
  t.regex(stdout, /^1 warning in 1 file; 2 files skipped$/m)
})

test('without a path, sidecert.yaml is linted with the policies that it names', async t => {
  const files = { 'sidecert.yaml': 'policies: [policy.yaml]\n', 'policy.yaml': bad }
  const { code, stdout } = await withFiles(files, folder => sidecert(['lint'], folder))
  t.is(code, 1)
  t.regex(stdout, /warning SL1001[\s\S]*--> policy\.yaml:10:26/)
  t.regex(stdout, /^1 warning in 2 files$/m)
})

const token = policy(`    - from:
        - source:
            requestPrincipals: ["*"]
`)

test('what only the service cannot see is an objection in policies of sidecert.yaml alone', async t => {
  const files = { 'sidecert.yaml': 'policies: [policy.yaml]\n', 'policy.yaml': token }
  await withFiles(files, async folder => {
    const governed = await sidecert(['lint', '.'], folder)
    t.is(governed.code, 1)
    t.regex(governed.stdout, /error SC0205/)
    t.is((await sidecert(['lint', 'policy.yaml'], folder)).code, 0)
  })
})

test('--output json has every finding as data', async t => {
  const { code, stdout } = await withFiles({ 'policy.yaml': bad }, folder =>
    sidecert(['lint', 'policy.yaml', '--output', 'json'], folder),
  )
  t.is(code, 1)
  const { findings, summary } = JSON.parse(stdout)
  t.like(findings[0], {
    code: 'SL1001',
    severity: 'warning',
    place: { file: 'policy.yaml', line: 10, column: 26, endColumn: 57 },
  })
  t.deepEqual(summary, { errors: 0, warnings: 1, notes: 0, accepted: 0, filesRead: 1 })
})

test('--output sarif has what code hosts need, with fingerprints that moving lines does not change', async t => {
  const run = async (text: string) => {
    const { stdout } = await withFiles({ 'policy.yaml': text }, folder =>
      sidecert(['lint', './policy.yaml', '--output', 'sarif'], folder),
    )
    return JSON.parse(stdout)
  }
  const log = await run(bad)
  t.is(log.version, '2.1.0')
  const { tool, results } = log.runs[0]
  t.is(tool.driver.name, 'sidecert')
  t.deepEqual(
    tool.driver.rules.map(({ id }: { id: string }) => id),
    ['SL1001'],
  )
  t.is(tool.driver.rules[0].defaultConfiguration.level, 'warning')
  const [result] = results
  t.like(result, { ruleId: 'SL1001', ruleIndex: 0, level: 'warning' })
  t.regex(result.message.text, /web-evil too\. A \* stands/)
  t.deepEqual(result.locations[0].physicalLocation, {
    artifactLocation: { uri: 'policy.yaml' },
    region: { startLine: 10, startColumn: 26, endLine: 10, endColumn: 57 },
  })
  const moved = await run(`# one more line\n${bad}`)
  t.regex(result.partialFingerprints['sidecertLint/v1'], /^[0-9a-f]{32}$/)
  t.deepEqual(moved.runs[0].results[0].partialFingerprints, result.partialFingerprints)
  t.is(moved.runs[0].results[0].locations[0].physicalLocation.region.startLine, 11)
})

test('two findings of one kind on equal lines have different fingerprints, and accepted ones are suppressed', async t => {
  const twice = `${bad}${bad.split('rules:\n')[1] ?? ''}`
  const accepted = twice
    .replace('"]\n', '"]\n')
    .replace(
      '            principals',
      '            # sidecert-lint: accept SL1001 because names are checked\n            principals',
    )
  const { stdout } = await withFiles({ 'policy.yaml': accepted }, folder =>
    sidecert(['lint', 'policy.yaml', '--output', 'sarif'], folder),
  )
  const results = JSON.parse(stdout).runs[0].results.filter(
    ({ ruleId }: { ruleId: string }) => ruleId === 'SL1001',
  )
  t.is(results.length, 2)
  t.not(
    results[0].partialFingerprints['sidecertLint/v1'],
    results[1].partialFingerprints['sidecertLint/v1'],
  )
  t.is(results[0].suppressions, undefined)
  t.deepEqual(results[1].suppressions, [
    { kind: 'inSource', status: 'accepted', justification: 'names are checked' },
  ])
})

for (const [args, says] of [
  [['nowhere.yaml'], /error: nowhere\.yaml does not exist\n {2}mend: /],
  [['tab.yaml'], /error SC0002: a tab stands in the indentation[\s\S]*--> tab\.yaml:2:1/],
  [['-c', 'nowhere.yaml'], /error SC0001: nowhere\.yaml cannot be read/],
] as const) {
  test(`lint ${args.join(' ')} is bad input, with the mend`, async t => {
    const { code, stdout, stderr } = await withFiles({ 'tab.yaml': 'a:\n\tb: c\n' }, folder =>
      sidecert(['lint', ...args], folder),
    )
    t.is(code, 2)
    t.is(stdout, '')
    t.regex(stderr, says)
  })
}

test('what keeps the service from loading a policy file is a finding of it', async t => {
  const files = {
    'sidecert.yaml': 'policies: [policy.yaml]\n',
    'policy.yaml': 'kind: AuthorizationPolicy\nmetadata: {name: a, namespace: b}\nspec: {}\n',
  }
  const { code, stdout } = await withFiles(files, folder => sidecert(['lint'], folder))
  t.is(code, 1)
  t.regex(stdout, /error SC0201: the AuthorizationPolicy has no apiVersion/)
})
