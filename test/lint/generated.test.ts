import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import test from 'ava'
import { impliedPolicies, loadConfiguration } from '../../config/index.js'
import { type Finding, lint } from '../../lint/index.js'
import { sidecert } from '../cli/command.js'

const example = fileURLToPath(new URL('../../../examples/curity/sidecert.yaml', import.meta.url))

async function lintJson(...args: string[]) {
  const { stdout } = await sidecert(['lint', ...args, '--output', 'json'])
  return JSON.parse(stdout) as {
    findings: readonly Finding[]
    summary: { filesRead: number }
  }
}

test('nothing that sidecert generates is objected to, but for what its input is objected to', async t => {
  const out = await mkdtemp(join(tmpdir(), 'sidecert-test-'))
  try {
    const args = ['-c', example, '--forwarding', 'all', '--target', 'all', '-o', out]
    t.is((await sidecert(['generate', ...args])).code, 0)
    const { findings, summary } = await lintJson(out)
    t.true(summary.filesRead > 6, `${summary.filesRead} files read`)
    const own = await lintJson('-c', example)
    const ofInput = new Set(own.findings.map(({ place }) => basename(place.file)))
    t.deepEqual(
      findings.filter(({ place }) => !ofInput.has(basename(place.file))),
      [],
    )
    const codesOfInput = new Set(own.findings.map(({ code }) => code))
    t.deepEqual(
      findings.filter(({ code }) => !codesOfInput.has(code)),
      [],
    )
  } finally {
    await rm(out, { recursive: true, force: true })
  }
})

test('what the clients, APIs and gateways of the example imply is not objected to', async t => {
  const { configuration } = await loadConfiguration(example)
  const implied = configuration === undefined ? undefined : impliedPolicies(configuration)
  if (implied === undefined) return t.fail('the example implies no policy')
  t.deepEqual(lint([implied]).findings, [])
})
