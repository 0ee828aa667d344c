import { readFileSync } from 'node:fs'
import test from 'ava'
import { diagnosticCatalogue } from '../../policy/index.js'
import { readFolder } from './golden-case.js'

const page = readFileSync('docs/articles.md', 'utf8')
const paths = readFolder('examples/curity/generated').map(({ path }) => path)

/** Made for other settings than the example's; the golden cases have them. */
const elsewhere = ['istio/4-access/direct.yaml']

test('every file that the walk-through names is one that the example generates', t => {
  const named = [...page.matchAll(/`(?:[A-Z_]+=\S+ )?((?:istio|curity)\/[^`\s]+)`/g)].map(
    ([, path = '']) => path,
  )
  t.true(named.length > 20)
  const missing = named.filter(
    name => !paths.some(path => path === name || (name.endsWith('/') && path.startsWith(name))),
  )
  t.deepEqual([...new Set(missing)], elsewhere)
})

test('the walk-through names every file that the example generates for Istio and Curity', t => {
  const own = paths.filter(path => !path.startsWith('envoy/') && !path.includes('/service/'))
  const forgotten = own.filter(path => !page.includes(path))
  t.deepEqual(
    forgotten.filter(path => !/^istio\/(?:lua|native|4-access\/policies)\//.test(path)),
    [],
  )
})

test('every code that the walk-through names exists', t => {
  for (const [code] of page.matchAll(/\bSC\d{4}\b/g)) t.true(code in diagnosticCatalogue, code)
})
