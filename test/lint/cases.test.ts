import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import test from 'ava'
import { lint, lintCatalogue, lintRules } from '../../lint/index.js'
import { expectedFindings } from './expected-findings.js'

const folder = fileURLToPath(new URL('../../../test/lint/cases', import.meta.url))
const cases = readdirSync(folder).map(code => ({ code, files: readdirSync(`${folder}/${code}`) }))

for (const { code, files } of cases) {
  for (const file of files) {
    const text = readFileSync(`${folder}/${code}/${file}`, 'utf8')
    const expected = expectedFindings(text)
    const bad = file.startsWith('bad')
    test(`${code}: ${file} raises ${bad ? 'what it is marked with' : 'nothing'}`, t => {
      const { findings } = lint([{ file, text }])
      const found = findings.map(({ place, code }) => `${place.line} ${code}`).sort()
      t.deepEqual(found, [...expected])
      t.is(
        expected.some(item => item.endsWith(code)),
        bad,
      )
    })
  }
}

for (const code of Object.keys(lintCatalogue)) {
  test(`${code} has a file that raises it and a file that does not`, t => {
    const files = cases.find(item => item.code === code)?.files ?? []
    t.true(files.some(file => file.startsWith('bad')))
    t.true(files.some(file => file.startsWith('good')))
  })
}

test('every code belongs to one rule, or to the acceptances', t => {
  const raised = lintRules.flatMap(({ codes }) => codes)
  t.deepEqual(
    [...raised].sort(),
    Object.keys(lintCatalogue)
      .filter(code => !code.startsWith('SL0'))
      .sort(),
  )
})
