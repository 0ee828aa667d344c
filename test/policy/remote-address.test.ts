import test from 'ava'
import { remoteAddress } from '../../policy/remote-address.js'

for (const [lines, expected] of [
  [undefined, '10.0.0.1'],
  [['192.0.2.7'], '192.0.2.7'],
  [['192.0.2.7, 198.51.100.9'], '198.51.100.9'],
  [['192.0.2.7', '198.51.100.9'], '198.51.100.9'],
  [['192.0.2.7,2001:db8::1 '], '2001:db8::1'],
  [['198.51.100.9:443'], '10.0.0.1'],
  [['unknown'], '10.0.0.1'],
  [['192.0.2.7,'], '10.0.0.1'],
  [[''], '10.0.0.1'],
] as const) {
  test(`x-forwarded-for ${JSON.stringify(lines)} means the client is ${expected}`, t => {
    t.is(remoteAddress(lines, '10.0.0.1'), expected)
  })
}
