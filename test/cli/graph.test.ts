import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import test from 'ava'
import { sidecert, withFiles } from './command.js'

const example = fileURLToPath(new URL('../../../examples/curity/sidecert.yaml', import.meta.url))

function graph(...args: string[]) {
  return sidecert(['graph', '-c', example, ...args])
}

test('graph draws each caller with what it may do, by which rule, and what it is kept from', async t => {
  const { code, stdout, stderr } = await graph()
  t.is(code, 0)
  t.is(stderr, '')
  t.true(
    stdout.startsWith('curity role=curity-idsvr-runtime\n│\n├── client website-client  spiffe://'),
  )
  t.regex(
    stdout,
    /│ {3}──▶ any method \/oauth\/v2\/\*\n│ {7}ns\[curity\]-policy\[sidecert-callers\]/,
  )
  t.regex(stdout, /└── anybody else\n {4}──✕ any method \/oauth\/v2\/oauth-token\*\n/)
  t.regex(stdout, /may call: 3 .* denied by a rule: 3\n$/)
})

test('graph fits into 100 columns, whatever the names', async t => {
  const long = 'n'.repeat(60)
  const workload = `${long}/${Array.from({ length: 4 }, () => 'a'.repeat(50)).join('.')}`
  const text = `trustDomain: ${'t'.repeat(100)}.example
clients: [{ clientId: ${'c'.repeat(200)}, workload: ${workload} }]
`
  await withFiles({ 'sidecert.yaml': text }, async folder => {
    const file = join(folder, 'sidecert.yaml')
    const { code, stdout } = await sidecert(['graph', '-c', file])
    t.is(code, 0)
    t.true(stdout.includes('──▶'))
    for (const line of stdout.split('\n')) t.true([...line].length <= 100, line)
  })
})

test('graph as JSON has the same edges by the ids of its nodes', async t => {
  const { code, stdout } = await graph('--output', 'json')
  t.is(code, 0)
  const { callers, workloads, edges, leftOut } = JSON.parse(stdout)
  t.deepEqual(leftOut, [])
  t.is(edges.length, 6)
  const ids = (nodes: readonly { id: string }[]) => nodes.map(({ id }) => id)
  for (const { caller, workload } of edges) {
    t.true(ids(callers).includes(caller))
    t.true(ids(workloads).includes(workload))
  }
  t.deepEqual(callers[0].roles, ['client website-client'])
})

test('graph as Mermaid is a flowchart with an arrow for each edge', async t => {
  const { code, stdout } = await graph('--output', 'mermaid')
  t.is(code, 0)
  t.true(stdout.startsWith('flowchart LR\n'))
  t.is(stdout.match(/^ {2}caller\d+ -->\|/gm)?.length, 3)
  t.is(stdout.match(/^ {2}caller\d+ --x\|/gm)?.length, 3)
})

test('graph says that nobody may call where nobody may', async t => {
  await withFiles({ 'sidecert.yaml': 'trustDomain: td\n' }, async folder => {
    const { code, stdout } = await sidecert(['graph', '-c', join(folder, 'sidecert.yaml')])
    t.is(code, 0)
    t.regex(stdout, /^curity role=curity-idsvr-runtime\n└── nobody may call it\n/)
  })
})

test('graph of a missing file is refused with the mend', async t => {
  const { code, stdout, stderr } = await sidecert(['graph', '-c', 'nowhere.yaml'])
  t.is(code, 2)
  t.is(stdout, '')
  t.regex(stderr, /SC0001.*nowhere\.yaml cannot be read[\s\S]*mend: Name an existing file/)
})
