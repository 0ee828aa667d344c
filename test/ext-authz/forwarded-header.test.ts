import test from 'ava'
import { forwardedHeader } from '../../ext-authz/forwarded-header.js'

test('every spelling with dashes and underscores is known, the name itself apart', t => {
  t.deepEqual(forwardedHeader('X-Client-Certificate'), {
    name: 'x-client-certificate',
    otherSpellings: ['x-client_certificate', 'x_client-certificate', 'x_client_certificate'],
  })
})

test('a name with underscores has its dashed spellings', t => {
  t.deepEqual(forwardedHeader('client_cert').otherSpellings, ['client-cert'])
})

test('a name without separators has no other spelling', t => {
  t.deepEqual(forwardedHeader('clientcert').otherSpellings, [])
})

test('a name with more separators than can be spelt out is refused', t => {
  t.throws(() => forwardedHeader('a-b-c-d-e-f-g-h'), {
    instanceOf: RangeError,
    message: 'the header name a-b-c-d-e-f-g-h has more than 6 separators',
  })
})
