import test from 'ava'
import fc from 'fast-check'
import { formatAddress, parseAddress } from '../../config/index.js'

test('an address that is written is read as it was', t => {
  const host = fc.oneof(fc.ipV4(), fc.ipV6(), fc.constantFrom('localhost', 'a.b-c.example'))
  const tcp = fc.record({
    kind: fc.constant('tcp' as const),
    host,
    port: fc.integer({ min: 0, max: 65535 }),
  })
  fc.assert(
    fc.property(tcp, address => {
      t.deepEqual(parseAddress(formatAddress(address)), address)
    }),
  )
  const socket = { kind: 'unix' as const, path: '/run/a b.sock' }
  t.deepEqual(parseAddress(formatAddress(socket)), socket)
})

for (const text of [
  '',
  '127.0.0.1',
  ':1',
  'a:',
  'a:65536',
  'a:01',
  'a:1x',
  '::1:80',
  '[::1]',
  '[127.0.0.1]:1',
  '[]:1',
  '1.2.3.999:1',
  'a b:1',
  '-a:1',
  'http://a:1',
  'unix:',
  'unix:relative',
  `unix:/${'x'.repeat(107)}`,
]) {
  test(`${JSON.stringify(text.slice(0, 20))} is no address`, t => {
    t.is(parseAddress(text), undefined)
  })
}

test('no text makes the address reader throw', t => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), text => {
      const address = parseAddress(text)
      return address === undefined || formatAddress(address) === text
    }),
  )
  t.pass()
})
