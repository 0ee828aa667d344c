import { execFileSync } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import test from 'ava'
import { sidecert, withFiles } from './command.js'
import { failing, files, policy, rule } from './policy-tests.js'

const example = fileURLToPath(new URL('../../../examples/curity/sidecert.yaml', import.meta.url))

test('the tests of the example pass and cover every rule and field of its policies', async t => {
  const args = ['test', '-c', example, '--coverage-threshold', '100', '--output', 'json']
  const { code, stdout, stderr } = await sidecert(args)
  t.is(stderr, '')
  t.is(code, 0)
  const { failed, coverage } = JSON.parse(stdout)
  t.is(failed, 0)
  t.deepEqual(
    coverage.details.map((each: { rule: string }) => each.rule),
    [
      'ns[curity]-policy[sidecert-callers]-rule[0]',
      'ns[curity]-policy[sidecert-callers]-rule[1]',
      'ns[curity]-policy[token-endpoint]-rule[0]',
    ],
  )
  t.like(coverage.rules, { covered: 3, total: 3, percent: 100 })
  t.like(coverage.fields, { percent: 100 })
})

test('the example tests fail when its policy is taken away', async t => {
  const { code, stdout } = await withFiles(files, async folder => {
    const yaml = await readFile(example, 'utf8')
    await writeFile(join(folder, 'sidecert.yaml'), yaml.replace('policies/*.yaml', 'other.yaml'))
    await writeFile(join(folder, 'other.yaml'), policy('/nothing'))
    const tests = join(example, '../policies/token-endpoint.test.yaml')
    return sidecert(['test', tests], folder)
  })
  t.is(code, 1)
  t.regex(stdout, /✗ an API that is no OAuth client gets no token/)
})

test('tests beside the policies are found, and what passed and was covered is said', async t => {
  const { code, stdout, stderr } = await withFiles(files, folder => sidecert(['test'], folder))
  t.is(stderr, '')
  t.is(code, 0)
  t.is(
    stdout,
    `a.test.yaml
  ✓ a is open
  ✓ b is not

coverage
  rules   100 % (1 of 1)
  fields  100 % (1 of 1), each seen to hold and seen not to

2 passed
`,
  )
})

test('without policy files the tests are found beside sidecert.yaml', async t => {
  const { code, stdout } = await withFiles(
    { 'sidecert.yaml': '{}\n', 'a.test.yaml': failing['b.test.yml'] },
    folder => sidecert(['test', '-t', 'fine'], folder),
  )
  t.is(code, 0)
  t.regex(stdout, /^1 passed$/m)
})

test('a failed case shows what was expected, where, and the explanation; it ends with 1', async t => {
  const { code, stdout, stderr } = await withFiles(failing, folder => sidecert(['test'], folder))
  t.is(code, 1)
  t.is(stderr, '')
  t.true(
    stdout.includes(`  ✗ b is open
      --> b.test.yml:5:13
      verdict  expected allow, got deny

      DENIED  ALLOW policies select the workload, and none of their rules matches
        caller    no certificate
        request   GET /b
        workload  curity role=curity-idsvr-runtime

        · ALLOW ${rule}
            to[0].operation.paths  wanted "/a", saw "/b"
`),
    stdout,
  )
  t.regex(stdout, /\n1 failed, 3 passed\n$/)
})

test('programs get the same as data', async t => {
  const { code, stdout } = await withFiles(failing, folder =>
    sidecert(['test', '--output', 'json'], folder),
  )
  t.is(code, 1)
  const { passed, failed, cases, coverage } = JSON.parse(stdout)
  t.deepEqual({ passed, failed }, { passed: 3, failed: 1 })
  t.like(cases[0], { name: 'a is open', passed: true, decision: { verdict: 'allow', rule } })
  t.like(cases[3], {
    file: 'b.test.yml',
    line: 3,
    column: 5,
    name: 'b is open',
    passed: false,
    workload: { namespace: 'curity' },
    expected: { verdict: 'allow', line: 5, column: 13 },
    decision: { verdict: 'deny', reason: 'no-rule-matched' },
  })
  t.deepEqual(cases[3].differences, [{ field: 'verdict', expected: 'allow', got: 'deny' }])
  t.is(cases[3].explanation.rules[0].mismatches[0].field, 'to[0].operation.paths')
  t.deepEqual(coverage, {
    rules: { covered: 1, total: 1, percent: 100 },
    fields: { covered: 1, total: 1, percent: 100 },
    details: [
      {
        rule,
        action: 'ALLOW',
        asked: 4,
        matched: 1,
        fields: [
          {
            field: 'to[0].operation.paths',
            held: 1,
            failed: 3,
            missing: [],
            line: 4,
            column: 35,
          },
        ],
        file: 'policy.yaml',
        line: 4,
        column: 16,
      },
    ],
  })
})

test('coverage below the threshold ends with 1 and names what is left to try', async t => {
  const args = ['test', '-t', 'not'] as const
  const { code: filtered, stdout: chosen } = await withFiles(files, folder =>
    sidecert([...args], folder),
  )
  t.is(filtered, 0)
  t.notRegex(chosen, /coverage/)
  const partial = {
    ...files,
    'a.test.yaml': `cases:
  - {name: b is not, request: {identity: none, path: /b}, expect: deny}\n`,
  }
  const { code, stdout, stderr } = await withFiles(partial, folder =>
    sidecert(['test', '--coverage-threshold', '50.5'], folder),
  )
  t.is(code, 1)
  t.true(
    stdout.includes(`
  rules   0 % (0 of 1)
  fields  0 % (0 of 1), each seen to hold and seen not to
  ! ${rule}: no case matches it  policy.yaml:4
      to[0].operation.paths holds in no case  policy.yaml:4
`),
    stdout,
  )
  t.is(
    stderr,
    'the cases cover 0 % of the rules, and 50.5 % is asked for\n' +
      'the cases cover 0 % of the fields, and 50.5 % is asked for\n',
  )
})

test('a policy of another workload is said to be tried by no case', async t => {
  const other = {
    ...files,
    'policy.yaml': policy('/a').replace('namespace: curity', 'namespace: other'),
  }
  const { stdout } = await withFiles(other, folder => sidecert(['test'], folder))
  const said = 'its policy selects the workload of no case  policy.yaml:4'
  t.true(stdout.includes(`ns[other]-policy[p]-rule[0]: ${said}`), stdout)
})

const parseXml = `import json, sys, xml.etree.ElementTree as tree
print(json.dumps([[each.tag, each.attrib, each.text] for each in tree.parse(sys.argv[1]).iter()]))`

test('JUnit XML is read back by a parser, with names that hold anything', async t => {
  const name = 'a]]> & <b> "c" \' \\u0000\\u001b\\ud800\\u202e\\n\\t é 😀 \\uffff'
  const hostile = {
    ...files,
    'b.test.yaml': `cases:
  - {name: ${JSON.stringify(name).replaceAll('\\\\', '\\')}, request: {identity: none, path: /b}, expect: allow}
`,
  }
  const { code, stdout, xml } = await withFiles(hostile, async folder => {
    const file = join(folder, 'out.xml')
    const ended = await sidecert(['test', '--junit', file], folder)
    const parsed = execFileSync('python3', ['-c', parseXml, file], { encoding: 'utf8' })
    return { ...ended, xml: JSON.parse(parsed) as [string, Record<string, string>, string][] }
  })
  const shown = 'a]]> & <b> "c" \' \\u{0}\\u{1b}\\u{d800}\\u{202e}\\u{a}\\u{9} é 😀 \\u{ffff}'
  t.is(code, 1)
  t.true(stdout.includes(`✗ ${shown}\n`), stdout)
  t.deepEqual(
    xml.map(([tag]) => tag),
    ['testsuites', 'testsuite', 'testcase', 'testcase', 'testsuite', 'testcase', 'failure'],
  )
  t.like(xml[0]?.[1], { tests: '3', failures: '1', errors: '0' })
  t.like(xml[4]?.[1], { name: 'b.test.yaml', tests: '1', failures: '1' })
  t.deepEqual(xml[5]?.[1], {
    name: shown,
    classname: 'b.test.yaml',
    file: 'b.test.yaml',
    line: '2',
  })
  t.is(xml[6]?.[1].message, 'verdict: expected allow, got deny')
  t.true(xml[6]?.[2].includes('to[0].operation.paths  wanted "/a", saw "/b"\n'))
})

for (const [what, args, says] of [
  [
    'a filter that leaves nothing',
    ['-t', 'nothing'],
    /^error SC0507: no case has "nothing" in its name\n {2}mend: /,
  ],
  [
    'a file that is not there',
    ['x.test.yaml'],
    /^error SC0001: x\.test\.yaml cannot be read: there is no such file\n/,
  ],
  ['a directory', ['.'], /^error SC0001: \. cannot be read: it is a directory\n/],
  ['a policy', ['policy.yaml'], /^error SC0502: the file is a resource and no policy test\n/],
  [
    'a threshold that is no percentage',
    ['--coverage-threshold', '101'],
    /^error: --coverage-threshold 101 is no percentage\n {2}mend: give a number from 0 to 100/,
  ],
  [
    'a threshold beside a filter',
    ['--coverage-threshold', '1', '-t', 'a'],
    /'--coverage-threshold <percent>' cannot be used with option '-t, --filter <text>'/,
  ],
  [
    'a result file in a directory that is not there',
    ['--junit', 'nowhere/out.xml'],
    /^error: nowhere\/out\.xml cannot be written \(ENOENT\)\n {2}mend: /,
  ],
] as const) {
  test(`${what} is bad input: exit code 2 and the mend`, async t => {
    const { code, stdout, stderr } = await withFiles(files, folder =>
      sidecert(['test', ...args], folder),
    )
    t.is(code, 2)
    t.is(stdout, '')
    t.regex(stderr, says)
  })
}

test('where there is no test it is said where one would be looked for', async t => {
  const { 'a.test.yaml': _, ...none } = files
  const { code, stdout, stderr } = await withFiles(none, folder => sidecert(['test'], folder))
  t.is(code, 2)
  t.is(stdout, '')
  t.is(
    stderr,
    'error SC0507: there is no *.test.yaml in .\n' +
      '  mend: Write ./NAME.test.yaml (sidecert test --help shows a case), or name a file.\n',
  )
})

test('a mistake in a test file is shown with its line; no other file is run', async t => {
  const broken = { ...files, 'b.test.yaml': 'cases:\n  - {name: n, expcet: deny}\n' }
  const { code, stdout, stderr } = await withFiles(broken, folder => sidecert(['test'], folder))
  t.is(code, 2)
  t.is(stdout, '')
  t.regex(stderr, /^error SC0501: cases\[0\] has no field expcet\n {2}--> b\.test\.yaml:2:15\n/m)
  t.regex(stderr, /mend: Did you mean expect\?/)
})
