import test from 'ava'
import fc from 'fast-check'
import { decide } from '../../../policy/index.js'
import { allows, compiled, denies, from, policyText, request } from '../scenario.js'

const identityFields = [
  'principals: ["*"]',
  'namespaces: [x]',
  'serviceAccounts: [x/y]',
  'trustDomains: [x]',
]

test('with a certificate that says nothing, no identity condition allows and each denies', t => {
  const invalid = from(new Error('it has two URI SANs'))
  for (const field of identityFields) {
    const negated = `not${field.charAt(0).toUpperCase()}${field.slice(1)}`
    for (const either of [field, negated]) {
      const rule = `{from: [{source: {${either}}}]}`
      t.false(allows(rule, invalid), rule)
      t.true(denies(rule, invalid), rule)
    }
  }
  t.true(allows('{to: [{operation: {methods: [GET]}}]}', invalid))
  t.false(
    denies('{from: [{source: {principals: [a]}}], to: [{operation: {methods: [PUT]}}]}', invalid),
  )
})

test('an AUDIT rule that cannot be decided does not match', t => {
  const audit = policyText('{action: AUDIT, rules: [{from: [{source: {notPrincipals: [a]}}]}]}')
  t.deepEqual(decide(compiled(audit), from(new Error('bad'))).audited, [])
})

test('addresses and ports that are not known or not addresses decide nothing', t => {
  const unknown = request({
    sourceIp: undefined,
    remoteIp: 'unix',
    destinationIp: undefined,
    destinationPort: undefined,
  })
  for (const field of [
    'source: {ipBlocks: [0.0.0.0/0]}',
    'source: {notIpBlocks: [0.0.0.0/0]}',
    'source: {remoteIpBlocks: [0.0.0.0/0]}',
    'source: {notRemoteIpBlocks: [0.0.0.0/0]}',
  ]) {
    t.false(allows(`{from: [{${field}}]}`, unknown), field)
    t.true(denies(`{from: [{${field}}]}`, unknown), field)
  }
  for (const field of ['ports: ["1"]', 'notPorts: ["1"]']) {
    t.false(allows(`{to: [{operation: {${field}}}]}`, unknown), field)
    t.true(denies(`{to: [{operation: {${field}}}]}`, unknown), field)
  }
})

/** Every way in which a value may have been joined from lines. */
function readings(line: string): string[][] {
  const [first = '', ...rest] = line.split(',')
  return rest.reduce<string[][]>(
    (soFar, piece) => {
      return soFar.flatMap(lines => [
        [...lines, piece],
        [...lines.slice(0, -1), `${lines.at(-1)},${piece}`],
      ])
    },
    [[first]],
  )
}

test('a header that may be one line or several decides only what every reading decides', t => {
  const value = fc.string({ unit: fc.constantFrom('a', 'b', ','), minLength: 1, maxLength: 6 })
  const pattern = fc
    .tuple(fc.constantFrom('', '*'), value, fc.constantFrom('', '*'))
    .map(parts => parts.join(''))
  fc.assert(
    fc.property(value, pattern, (line, text) => {
      const joined = request({ headers: { 'x-a': [line] }, headersJoined: true })
      const rule = (name: string) => {
        return `{when: [{key: "request.headers[x-a]", ${name}: [${JSON.stringify(text)}]}]}`
      }
      const verdicts = readings(line).map(lines => {
        return allows(rule('values'), request({ headers: { 'x-a': lines } }))
      })
      t.is(allows(rule('values'), joined), verdicts.every(Boolean), `${line} ${text}`)
      t.is(denies(rule('values'), joined), verdicts.some(Boolean))
      t.is(allows(rule('notValues'), joined), !verdicts.some(Boolean))
      t.is(denies(rule('notValues'), joined), !verdicts.every(Boolean))
    }),
  )
})

test('a joined header with an exclamation mark may have lost a byte', t => {
  const rule = (value: string) => `{when: [{key: "request.headers[x-a]", values: ["${value}"]}]}`
  const joined = request({ headers: { 'x-a': ['a!'] }, headersJoined: true })
  t.false(allows(rule('a!'), joined))
  t.true(denies(rule('a!'), joined))
  t.true(denies(rule('\u00e4'), joined))
  t.false(denies(rule('a'), joined))
  t.true(allows(rule('a*'), joined))
  t.true(allows(rule('*'), joined))
  t.true(allows(rule('a!'), { ...joined, headersJoined: false }))
})
