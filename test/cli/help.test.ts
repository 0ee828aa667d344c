import test from 'ava'
import { sidecert } from './command.js'

test('sidecert --help lists the commands and ends with 0', async t => {
  const { code, stdout, stderr } = await sidecert(['--help'])
  t.is(code, 0)
  t.is(stderr, '')
  for (const command of ['generate', 'serve', 'lint', 'test', 'diff', 'replay', 'graph', 'schema'])
    t.regex(stdout, new RegExp(`^  ${command}`, 'm'))
})

for (const command of ['generate', 'serve', 'lint', 'test', 'diff', 'replay', 'graph', 'schema']) {
  test(`sidecert ${command} --help shows an example`, async t => {
    const { code, stdout } = await sidecert([command, '--help'])
    t.is(code, 0)
    t.regex(stdout, new RegExp(`Examples?:\\n  sidecert ${command}`))
  })
}

test('sidecert without a command prints its help and is wrong usage', async t => {
  const { code, stdout, stderr } = await sidecert([])
  t.is(code, 2)
  t.is(stdout, '')
  t.regex(stderr, /Usage: sidecert/)
})

test('sidecert --version prints the version of the package', async t => {
  const { code, stdout } = await sidecert(['--version'])
  t.is(code, 0)
  t.regex(stdout, /^\d+\.\d+\.\d+\n$/)
})
