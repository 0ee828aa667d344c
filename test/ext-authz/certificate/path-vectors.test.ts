import test from 'ava'
import {
  parseX509Svid,
  readTrustBundle,
  verifyX509Svid,
  X509SvidError,
} from '../../../ext-authz/certificate/index.js'
import { type PathVector, readPathVectors } from './vector.js'

/** A moment at which every leaf of the vectors is valid, also those that expire. */
const early = new Date('2026-02-01T00:00:00Z')

for (const vector of readPathVectors()) {
  const { title, at, goSpiffe, sidecert } = vector
  if ('path' in sidecert) {
    test(`go-spiffe and sidecert find a path: ${title}`, t => {
      t.is(goSpiffe.verify, 'accepts')
      const { bundle, diagnostics } = bundleOf(vector)
      t.deepEqual(
        diagnostics.filter(({ severity }) => severity === 'error'),
        [],
      )
      const svid = parseX509Svid(vector.leaf, { at: early })
      const path = verifyX509Svid(svid, bundle as never, { at: new Date(at) })
      t.is(path.length, sidecert.path)
      t.deepEqual(path[0], svid.der)
    })
    continue
  }
  const who = sidecert.stricter === undefined ? 'go-spiffe and sidecert find' : 'sidecert finds'
  test(`${who} no path: ${title}`, t => {
    t.is(goSpiffe.verify === 'accepts', sidecert.stricter !== undefined)
    const { bundle, diagnostics } = bundleOf(vector)
    if (bundle === undefined) {
      t.deepEqual([...new Set(diagnostics.map(({ code }) => code as string))], [sidecert.refuses])
      return
    }
    const svid = parseX509Svid(vector.leaf, { at: early })
    const error = t.throws(() => verifyX509Svid(svid, bundle, { at: new Date(at) }), {
      instanceOf: X509SvidError,
    })
    t.is(error.code, sidecert.refuses as X509SvidError['code'])
  })
}

function bundleOf({ at, roots, intermediates }: PathVector) {
  const source = { file: 'bundle.pem', trustDomain: 'example.org', at: new Date(at) }
  return readTrustBundle(roots + intermediates, source)
}
