import test from 'ava'
import fc from 'fast-check'
import { allower, request } from '../scenario.js'

/** Tells whether a source address lies in a block. */
function lies(sourceIp: string, block: string): boolean {
  return allower(`{from: [{source: {ipBlocks: ["${block}"]}}]}`)(request({ sourceIp }))
}

function bitsOf(groups: readonly number[], width: number): string {
  return groups.map(group => group.toString(2).padStart(width, '0')).join('')
}

test('an address lies in a block when it shares as many leading bits as the block says', t => {
  const octets = fc.array(fc.integer({ min: 0, max: 255 }), { minLength: 4, maxLength: 4 })
  const groups = fc.array(fc.integer({ min: 0, max: 0xffff }), { minLength: 8, maxLength: 8 })
  const versions = [
    { address: octets, width: 8, bits: 32, write: (parts: readonly number[]) => parts.join('.') },
    {
      address: groups,
      width: 16,
      bits: 128,
      write: (parts: readonly number[]) => parts.map(part => part.toString(16)).join(':'),
    },
  ]
  for (const { address, width, bits, write } of versions) {
    const length = fc.integer({ min: 0, max: bits })
    fc.assert(
      fc.property(address, length, fc.nat(bits - 1), (network, prefix, flipped) => {
        const block = `${write(network)}/${prefix}`
        t.true(lies(write(network), block))
        // One bit flipped: still inside when it lies behind the prefix.
        const group = Math.floor(flipped / width)
        const other = network.map((part, index) => {
          return index === group ? part ^ (1 << (width - 1 - (flipped % width))) : part
        })
        const shared = bitsOf(network, width).slice(0, prefix)
        t.is(lies(write(other), block), bitsOf(other, width).startsWith(shared))
        t.is(lies(write(other), block), flipped >= prefix)
      }),
      { numRuns: 100 },
    )
  }
})

test('one address has many spellings', t => {
  const spellings = [
    '2001:db8:0:0:0:0:0:1',
    '2001:db8::1',
    '2001:DB8::0001',
    '2001:db8:0::0:1',
    '2001:db8::0.0.0.1',
    '2001:db8::1%eth0',
  ]
  for (const seen of spellings) {
    for (const block of spellings) t.true(lies(seen, block), `${seen} ${block}`)
  }
})
