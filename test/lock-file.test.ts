import { readFileSync } from 'node:fs'
import test from 'ava'

interface LockedPackage {
  readonly resolved?: string
  readonly integrity?: string
  readonly link?: boolean
  readonly optionalDependencies?: Readonly<Record<string, string>>
}

const { packages } = JSON.parse(
  readFileSync(new URL('../../package-lock.json', import.meta.url), 'utf8'),
) as { readonly packages: Readonly<Record<string, LockedPackage>> }

test('the lock file holds every optional package of every package, for all platforms', t => {
  const missing = Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies).filter(
      name =>
        packages[`${path}/node_modules/${name}`] === undefined &&
        packages[`node_modules/${name}`] === undefined,
    ),
  )
  t.deepEqual(missing, [])
})

test('the lock file holds hashes and no download addresses', t => {
  for (const [path, { resolved, integrity }] of Object.entries(packages)) {
    t.is(resolved, undefined, path)
    if (path !== '') t.regex(integrity ?? '', /^sha512-/, path)
  }
})
