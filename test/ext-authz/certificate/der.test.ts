import test from 'ava'
import fc from 'fast-check'
import {
  CertificateError,
  type CertificateErrorCode,
} from '../../../ext-authz/certificate/certificate-error.js'
import {
  contentOf,
  readElements,
  readFields,
  readSoleElement,
  tag,
} from '../../../ext-authz/certificate/der.js'
import {
  readBitString,
  readBoolean,
  readCount,
  readInteger,
  readObjectIdentifier,
} from '../../../ext-authz/certificate/der-value.js'

const element = (...octets: number[]) => readSoleElement(Uint8Array.from(octets))

test('an element knows its tag, its content and its whole encoding', t => {
  const bytes = Uint8Array.of(0x04, 0x02, 0x61, 0x62)
  t.deepEqual(readSoleElement(bytes), {
    tag: 0x04,
    content: Uint8Array.of(0x61, 0x62),
    encoded: bytes,
  })
})

test('lengths are read at every change of form', t => {
  for (const length of [0, 1, 127, 128, 255, 256, 65_535, 65_536]) {
    const content = Buffer.alloc(length, 7)
    const read = readSoleElement(Buffer.concat([header(0x04, length), content]))
    t.is(read.content.length, length)
  }
})

test('every octet is tried as the first one of a length', t => {
  const accepted: number[] = []
  for (let octet = 0; octet < 256; octet++) {
    const content = Buffer.alloc(octet < 0x80 ? octet : 200, 1)
    const bytes = Buffer.concat([Uint8Array.of(0x04, octet), content])
    // After 0x81 the content's first octet is a length again: 200 keeps that one canonical.
    if (octet === 0x81) bytes[2] = 199
    if (codeOf(() => readSoleElement(bytes)) === undefined) accepted.push(octet)
  }
  t.deepEqual(accepted, [...Array(0x80).keys(), 0x81])
})

test('every octet is tried as a tag, and tags of several octets are refused', t => {
  for (let octet = 0; octet < 256; octet++) {
    const several = (octet & 0x1f) === 0x1f
    t.is(
      codeOf(() => element(octet, 0)),
      several ? 'not-der' : undefined,
    )
  }
})

for (const [title, octets, code] of [
  ['an indefinite length', [0x30, 0x80, 0, 0], 'not-der'],
  ['a long length for what is short', [0x04, 0x81, 0x01, 0x61], 'not-der'],
  ['a length with a leading zero', [0x04, 0x82, 0x00, 0x80, ...Array(128).fill(1)], 'not-der'],
  ['a length beyond the end', [0x04, 0x02, 0x61], 'not-der'],
  ['a length of four octets', [0x04, 0x84, 0, 0, 0, 1, 0x61], 'not-der'],
  ['no length', [0x04], 'not-der'],
  ['nothing', [], 'not-der'],
  ['something after it', [0x05, 0x00, 0x00], 'trailing-bytes'],
] as const) {
  test(`an element with ${title} is refused`, t => {
    t.is(
      codeOf(() => element(...octets)),
      code,
    )
  })
}

test('an element of another tag is refused by name of both', t => {
  const error = t.throws(() => contentOf(element(0x04, 0), tag.sequence), {
    instanceOf: CertificateError,
  })
  t.is(error.message, 'not a certificate: tag 0x4 where 0x30 belongs')
  t.is(
    codeOf(() => readFields(undefined, tag.sequence)),
    'not-der',
  )
})

test('every octet is tried as a BOOLEAN, and two are one', t => {
  for (let octet = 0; octet < 256; octet++) {
    const read = () => readBoolean(element(0x01, 0x01, octet))
    if (octet === 0x00 || octet === 0xff) t.is(read(), octet === 0xff)
    else t.is(codeOf(read), 'not-der')
  }
  t.is(
    codeOf(() => readBoolean(element(0x01, 0x00))),
    'not-der',
  )
  t.is(
    codeOf(() => readBoolean(element(0x01, 0x02, 0xff, 0xff))),
    'not-der',
  )
})

test('an INTEGER is in its fewest octets', t => {
  t.is(readCount(element(0x02, 0x01, 0x7f)), 127)
  t.is(readCount(element(0x02, 0x02, 0x00, 0x80)), 128)
  t.is(
    codeOf(() => readInteger(element(0x02, 0x00))),
    'not-der',
  )
  t.is(
    codeOf(() => readInteger(element(0x02, 0x02, 0x00, 0x7f))),
    'not-der',
  )
  t.is(
    codeOf(() => readInteger(element(0x02, 0x02, 0xff, 0x80))),
    'not-der',
  )
  t.is(
    codeOf(() => readCount(element(0x02, 0x01, 0x80))),
    'not-der',
  )
  t.is(
    codeOf(() => readCount(element(0x02, 0x05, 1, 0, 0, 0, 0))),
    'not-der',
  )
})

test('a BIT STRING says how many bits do not count, and they are zero', t => {
  t.deepEqual(readBitString(element(0x03, 0x02, 0x07, 0x80)), {
    octets: Uint8Array.of(0x80),
    unusedBits: 7,
  })
  t.deepEqual(readBitString(element(0x03, 0x01, 0x00)).octets.length, 0)
  for (const octets of [[], [1], [8, 0], [7, 0x81]]) {
    t.is(
      codeOf(() => readBitString(element(0x03, octets.length, ...octets))),
      'not-der',
    )
  }
})

test('an OBJECT IDENTIFIER is read in its dotted form', t => {
  t.is(readObjectIdentifier(element(0x06, 0x03, 0x55, 0x1d, 0x11)), '2.5.29.17')
  t.is(readObjectIdentifier(element(0x06, 0x03, 0x88, 0x37, 0x03)), '2.999.3')
  t.is(readObjectIdentifier(element(0x06, 0x01, 0x2a)), '1.2')
  t.is(readObjectIdentifier(element(0x06, 0x02, 0x27, 0x01)), '0.39.1')
  for (const octets of [[], [0x80, 0x01], [0x55, 0x80, 0x01], [0x55, 0x9d], Array(6).fill(0xff)]) {
    t.is(
      codeOf(() => readObjectIdentifier(element(0x06, octets.length, ...octets))),
      'not-der',
    )
  }
})

test('elements one after the other fill their bytes exactly, or are refused', t => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), bytes => {
      const code = codeOf(() => {
        const total = readElements(bytes).map(({ encoded }) => encoded)
        t.deepEqual(Buffer.concat(total), Buffer.from(bytes))
      })
      t.true(code === undefined || code === 'not-der')
    }),
  )
})

function header(identifier: number, length: number): Buffer {
  if (length < 0x80) return Buffer.from([identifier, length])
  const octets = Buffer.alloc(4)
  octets.writeUInt32BE(length)
  const needed = octets.subarray(octets.findIndex(octet => octet !== 0))
  return Buffer.from([identifier, 0x80 | needed.length, ...needed])
}

function codeOf(read: () => unknown): CertificateErrorCode | undefined {
  try {
    read()
    return undefined
  } catch (error) {
    if (error instanceof CertificateError) return error.code
    throw error
  }
}
