import test from 'ava'
import { attemptGroups, tryOut } from '../../rig/attempts.js'
import { Lifetime } from '../../rig/lifetime.js'
import { spiffeIdOf } from '../../rig/mesh.js'
import { thumbprintOf } from '../../rig/outcome.js'
import { type Route, type System, startSystem, type Variant } from '../../rig/system.js'

const variants: readonly Variant[] = ['article', 'lua', 'native', 'ext-authz']
const attempts = attemptGroups.flatMap(group => group.attempts)
const lifetime = new Lifetime()
let system: System

test.before(async () => {
  system = await startSystem({ variants, lifetime, onProgress: () => undefined })
})
test.after.always(() => lifetime.end())

function routeOf(variant: Variant): Route {
  const route = system.routes.find(candidate => candidate.variant === variant)
  if (route === undefined) throw new Error(`no route for ${variant}`)
  return route
}

for (const variant of variants)
  test(`${variant}: a token without a secret, bound to the certificate of the caller`, async t => {
    const honest = attempts.find(({ expected }) => expected === 'token')
    const { outcome } = await tryOut(system, routeOf(variant), honest as (typeof attempts)[0])
    const { certificate } = system.identities.svids.website
    t.deepEqual(outcome, {
      kind: 'token',
      clientId: 'website-client',
      thumbprint: thumbprintOf(certificate),
    })
    t.is(system.identities.svids.website.spiffeId, spiffeIdOf('website'))
  })

for (const variant of variants.filter(name => name !== 'article'))
  test(`${variant}: a workload that no policy names does not reach the server`, async t => {
    const refused = attempts.find(({ expected }) => expected === 'refused-by-sidecar')
    const { outcome } = await tryOut(system, routeOf(variant), refused as (typeof attempts)[0])
    t.deepEqual(outcome, { kind: 'refused-by-sidecar', status: 403 })
  })

for (const attempt of attempts.filter(({ forged }) => forged.length > 0))
  for (const variant of variants)
    test(`${variant}: ${attempt.caller} forges ${attempt.title} (${attempt.protocol})`, async t => {
      const { outcome, asExpected } = await tryOut(system, routeOf(variant), attempt)
      if (variant === 'article') t.true(['token', 'forgery-passed'].includes(outcome.kind))
      else t.true(asExpected, JSON.stringify(outcome))
    })
