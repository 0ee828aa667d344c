import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import test from 'ava'
import { lint } from '../../lint/index.js'
import { expectedFindings } from './expected-findings.js'

const folder = fileURLToPath(new URL('../../../test/lint/articles', import.meta.url))
const files = readdirSync(folder).map(file => ({
  file,
  text: readFileSync(`${folder}/${file}`, 'utf8'),
}))

function found(given: typeof files) {
  const { findings } = lint(given)
  return findings.map(({ code, place }) => `${place.file}: ${place.line} ${code}`).sort()
}

function expected({ file, text }: (typeof files)[number]) {
  return expectedFindings(text).map(item => `${file}: ${item}`)
}

for (const source of files) {
  test(`every mistake of ${source.file} is found, and nothing else`, t => {
    t.deepEqual(found([source]), expected(source))
  })
}

test('together, the trust domains differ, and mutual TLS is no longer missing', t => {
  const forwarding = files.find(({ file }) => file === 'forwarding.yaml')?.text.split('\n') ?? []
  const clientUri = forwarding.findIndex(line => line.includes('<client-uri>')) + 1
  const together = files
    .flatMap(expected)
    .filter(item => !item.includes('SL2031'))
    .concat(`forwarding.yaml: ${clientUri} SL2052`)
  t.deepEqual(found(files), together.sort())
})
