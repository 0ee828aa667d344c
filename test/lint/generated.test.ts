import { fileURLToPath } from 'node:url'
import test from 'ava'
import { impliedPolicies, loadConfiguration } from '../../config/index.js'
import { generate } from '../../envoyfilters/index.js'
import { lint } from '../../lint/index.js'
import { readPolicyFiles } from '../../policy/index.js'

const example = fileURLToPath(new URL('../../../examples/curity/sidecert.yaml', import.meta.url))

test('everything that sidecert generates is read, and none of it is objected to', async t => {
  const { configuration, policyFiles } = await loadConfiguration(example)
  if (configuration === undefined) return t.fail('the example has errors')
  const implied = impliedPolicies(configuration)
  const { policies } = readPolicyFiles(
    implied === undefined ? policyFiles : [implied, ...policyFiles],
  )
  const { files } = generate(configuration, policies, { forwarding: 'all', target: 'all' })
  const yaml = files
    .filter(({ path }) => /\.(?:ya?ml|json|xml)$/.test(path))
    .map(({ path, content }) => ({ file: path, text: content }))
  for (const file of yaml) t.deepEqual(lint([file]).findings, [], file.file)
  for (const way of ['lua', 'native', 'ext-authz']) {
    const together = yaml.filter(({ file }) => file.includes(`/${way}/`))
    const { findings, read } = lint(together)
    t.deepEqual(findings, [])
    t.deepEqual(
      read,
      together.map(({ file }) => file),
    )
  }
})

test('what the policies of the example imply is not objected to', async t => {
  const { configuration } = await loadConfiguration(example)
  const implied = configuration === undefined ? undefined : impliedPolicies(configuration)
  t.deepEqual(lint(implied === undefined ? [] : [implied]).findings, [])
})
