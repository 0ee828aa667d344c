import test from 'ava'
import { nearestName } from '../../policy/index.js'

const known = ['principals', 'notPrincipals', 'namespaces', 'ipBlocks', 'hosts', 'ports', 'to']

const meant: Readonly<Record<string, string | undefined>> = {
  Principals: 'principals',
  not_principals: 'notPrincipals',
  'ip-blocks': 'ipBlocks',
  principal: 'principals',
  princpals: 'principals',
  prinicpals: 'principals',
  namespace: 'namespaces',
  host: 'hosts',
  prots: 'ports',
  x: undefined,
  '': undefined,
  selector: undefined,
  completelyDifferent: undefined,
}

for (const [name, expected] of Object.entries(meant)) {
  test(`${JSON.stringify(name)} means ${expected ?? 'nothing that is known'}`, t => {
    t.is(nearestName(name, known), expected)
  })
}

test('a name that is far too long means nothing and takes no time', t => {
  t.is(nearestName('principals'.repeat(100_000), known), undefined)
})
