import test from 'ava'
import fc from 'fast-check'
import {
  formatSpiffeId,
  isTrustDomain,
  parseSpiffeId,
  SpiffeIdError,
  type SpiffeIdErrorCode,
} from '../../policy/index.js'

type Verdict = SpiffeIdErrorCode | 'valid'

/** The verdict on a text: the code of the broken rule, or `valid`. */
function verdict(text: string): Verdict {
  try {
    const { trustDomain, path } = parseSpiffeId(text)
    if (`spiffe://${trustDomain}${path}` !== text) throw new Error(`parts do not add up: ${text}`)
    return 'valid'
  } catch (error) {
    if (!(error instanceof SpiffeIdError)) throw error
    return error.code
  }
}

const bytes = Array.from({ length: 256 }, (_, code) => String.fromCharCode(code))
const trustDomainCharacters = 'abcdefghijklmnopqrstuvwxyz0123456789.-_'
const pathCharacters = `${trustDomainCharacters}ABCDEFGHIJKLMNOPQRSTUVWXYZ`

test('an ID is taken apart into trust domain and path', t => {
  t.deepEqual(parseSpiffeId('spiffe://example.org/ns/a/sa/b'), {
    trustDomain: 'example.org',
    path: '/ns/a/sa/b',
  })
  t.deepEqual(parseSpiffeId('spiffe://example.org'), { trustDomain: 'example.org', path: '' })
})

test('an error has a code and says the rule in words', t => {
  t.throws(() => parseSpiffeId('spiffe://Example.org/a'), {
    instanceOf: SpiffeIdError,
    code: 'bad-trust-domain-character',
    message:
      'not a SPIFFE ID: its trust domain may hold lower-case letters, digits, dots, dashes and underscores only',
  })
  t.throws(() => parseSpiffeId(undefined as unknown as string), {
    instanceOf: SpiffeIdError,
    code: 'empty',
    message: 'not a SPIFFE ID: it is empty',
  })
})

test('in a trust domain, only lower-case letters, digits, dots, dashes and underscores stand', t => {
  for (const byte of bytes) {
    const valid = trustDomainCharacters.includes(byte)
    // A slash ends the trust domain.
    const [first, middle, last] =
      byte === '/' ? slashes.trustDomain : invalidUnless(valid, 'bad-trust-domain-character')
    const label = JSON.stringify(byte)
    t.is(verdict(`spiffe://${byte}a/p`), first, label)
    t.is(verdict(`spiffe://a${byte}a/p`), middle, label)
    t.is(verdict(`spiffe://a${byte}/p`), last, label)
    t.is(isTrustDomain(`a${byte}a`), valid, label)
  }
})

test('in a path, only letters, digits, dots, dashes and underscores stand between slashes', t => {
  for (const byte of bytes) {
    const valid = pathCharacters.includes(byte)
    const [first, middle, last] =
      byte === '/' ? slashes.path : invalidUnless(valid, 'bad-path-character')
    const label = JSON.stringify(byte)
    t.is(verdict(`spiffe://td/${byte}a`), first, label)
    t.is(verdict(`spiffe://td/a${byte}a`), middle, label)
    t.is(verdict(`spiffe://td/a${byte}`), last, label)
    t.is(verdict(`spiffe://td/a${byte}/b`), byte === '/' ? 'empty-segment' : last, label)
  }
})

type Verdicts = readonly [first: Verdict, middle: Verdict, last: Verdict]

const slashes: Record<'trustDomain' | 'path', Verdicts> = {
  trustDomain: ['missing-trust-domain', 'valid', 'empty-segment'],
  path: ['empty-segment', 'valid', 'trailing-slash'],
}

function invalidUnless(valid: boolean, code: SpiffeIdErrorCode): Verdicts {
  return valid ? ['valid', 'valid', 'valid'] : [code, code, code]
}

test('at each place of the scheme, only its own character stands', t => {
  for (let index = 0; index < 'spiffe://'.length; index++) {
    for (const byte of bytes) {
      const scheme = `${'spiffe://'.slice(0, index)}${byte}${'spiffe://'.slice(index + 1)}`
      const expected = scheme === 'spiffe://' ? 'valid' : 'wrong-scheme'
      t.is(verdict(`${scheme}td/a`), expected, JSON.stringify(scheme))
    }
  }
})

test('nothing stands before or after an ID', t => {
  for (const byte of bytes) {
    t.is(verdict(`${byte}spiffe://td/a`), 'wrong-scheme', JSON.stringify(byte))
  }
  t.is(verdict('spiffe://td/a\n'), 'bad-path-character')
  t.is(verdict('spiffe://td\0'), 'bad-trust-domain-character')
})

test('characters beyond a byte are no characters of an ID', t => {
  // Full-width a, Cyrillic a, a long s and a Kelvin sign, which fold to ASCII letters elsewhere.
  for (const character of ['\uff41', '\u0430', '\u017f', '\u212a', '\ud83d\ude00', '\ud83d']) {
    t.is(verdict(`spiffe://t${character}/a`), 'bad-trust-domain-character')
    t.is(verdict(`spiffe://td/${character}`), 'bad-path-character')
  }
})

const table: readonly (readonly [text: string, verdict: Verdict])[] = [
  ['', 'empty'],
  ['spiffe:', 'wrong-scheme'],
  ['spiffe:/td/a', 'wrong-scheme'],
  ['SPIFFE://td/a', 'wrong-scheme'],
  ['http://td/a', 'wrong-scheme'],
  ['td/a', 'wrong-scheme'],
  ['spiffe://', 'missing-trust-domain'],
  ['spiffe:///a', 'missing-trust-domain'],
  ['spiffe://td/', 'trailing-slash'],
  ['spiffe://td//a', 'empty-segment'],
  ['spiffe://td/a//b', 'empty-segment'],
  ['spiffe://td/a/', 'trailing-slash'],
  ['spiffe://td//', 'empty-segment'],
  ['spiffe://td/.', 'dot-segment'],
  ['spiffe://td/..', 'dot-segment'],
  ['spiffe://td/./a', 'dot-segment'],
  ['spiffe://td/a/../b', 'dot-segment'],
  ['spiffe://td/...', 'valid'],
  ['spiffe://td/.a', 'valid'],
  ['spiffe://td/a.', 'valid'],
  ['spiffe://..', 'valid'],
  ['spiffe://td/%2e%2e', 'bad-path-character'],
  ['spiffe://td/a%20b', 'bad-path-character'],
  ['spiffe://td:8443/a', 'bad-trust-domain-character'],
  ['spiffe://user@td/a', 'bad-trust-domain-character'],
  ['spiffe://user:password@td/a', 'bad-trust-domain-character'],
  ['spiffe://td?q=1', 'bad-trust-domain-character'],
  ['spiffe://td/a?q=1', 'bad-path-character'],
  ['spiffe://td#f', 'bad-trust-domain-character'],
  ['spiffe://td/a#f', 'bad-path-character'],
  ['spiffe://[::1]/a', 'bad-trust-domain-character'],
  ['spiffe://td\\a', 'bad-trust-domain-character'],
  ['spiffe://td/a,spiffe://td/b', 'bad-path-character'],
]

for (const [text, expected] of table) {
  test(`${JSON.stringify(text)} is ${expected}`, t => {
    t.is(verdict(text), expected)
  })
}

test('an ID has at most 2048 bytes, its trust domain at most 255', t => {
  const path = (length: number) => `/${'a'.repeat(length - 1)}`
  t.is(verdict(`spiffe://td${path(2048 - 11)}`), 'valid')
  t.is(verdict(`spiffe://td${path(2049 - 11)}`), 'too-long')
  t.is(verdict(`spiffe://${'t'.repeat(255)}/a`), 'valid')
  t.is(verdict(`spiffe://${'t'.repeat(256)}/a`), 'trust-domain-too-long')
  t.is(isTrustDomain('t'.repeat(255)), true)
  t.is(isTrustDomain('t'.repeat(256)), false)
  t.is(isTrustDomain(''), false)
})

test('what is written is read back', t => {
  const segment = fc
    .string({ unit: fc.constantFrom(...pathCharacters), minLength: 1, maxLength: 8 })
    .filter(text => text !== '.' && text !== '..')
  const trustDomain = fc.string({
    unit: fc.constantFrom(...trustDomainCharacters),
    minLength: 1,
    maxLength: 20,
  })
  fc.assert(
    fc.property(trustDomain, fc.array(segment, { maxLength: 6 }), (name, segments) => {
      const id = { trustDomain: name, path: segments.map(text => `/${text}`).join('') }
      t.deepEqual(parseSpiffeId(formatSpiffeId(id)), id)
    }),
  )
})

test('an ID is what one regular expression describes', t => {
  const whole = /^spiffe:\/\/[a-z0-9._-]{1,255}(?:\/(?!\.{1,2}(?:\/|$))[a-zA-Z0-9._-]+)*$/
  const piece = fc.constantFrom('spiffe://', '/', '.', '..', 'a', 'B', '-', '_', '%', ':', '@', ' ')
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 10 }), pieces => {
      for (const text of [pieces.join(''), `spiffe://${pieces.join('')}`]) {
        t.is(verdict(text) === 'valid', whole.test(text), text)
      }
    }),
    { numRuns: 2000 },
  )
})
