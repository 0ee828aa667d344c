import type { AddressRange } from '../authorization-policy.js'
import { parseIpAddress } from '../matching/ip-address.js'

/**
 * Gives addresses so that each way to lie in some of the ranges and not in others has one: the first
 * address of every range and the first one behind it, for IPv4 and IPv6 each, and one of no range if
 * there is any.
 */
export function addressWitnesses(ranges: readonly AddressRange[]): readonly string[] {
  const starts = new Map<number, Set<bigint>>([
    [4, new Set([toNumber(parseIpAddress('192.0.2.1') ?? []), 0n])],
    [16, new Set([toNumber(parseIpAddress('2001:db8::1') ?? []), 0n])],
  ])
  for (const { address, prefixLength } of ranges) {
    const bytes = parseIpAddress(address)
    if (bytes === undefined) continue
    const bits = bytes.length * 8
    const size = 1n << BigInt(bits - prefixLength)
    const first = (toNumber(bytes) / size) * size
    const known = starts.get(bytes.length)
    known?.add(first)
    if (first + size < 1n << BigInt(bits)) known?.add(first + size)
  }
  return [...starts].flatMap(([length, numbers]) => {
    return [...numbers].map(number => format(number, length))
  })
}

function toNumber(bytes: readonly number[]): bigint {
  return bytes.reduce((number, byte) => (number << 8n) | BigInt(byte), 0n)
}

function format(number: bigint, length: number): string {
  const width = length === 4 ? 8n : 16n
  const count = length === 4 ? 4 : 8
  const parts = Array.from({ length: count }, (_, index) => {
    return (number >> (width * BigInt(count - 1 - index))) & ((1n << width) - 1n)
  })
  if (length === 4) return parts.join('.')
  const text = parts.map(part => part.toString(16)).join(':')
  // RFC 5952 shortens the longest run of zero groups.
  const [longest = ''] = [...text.matchAll(/\b0(?::0)+\b/g)]
    .map(([run]) => run)
    .sort((left, right) => right.length - left.length)
  return longest === '' ? text : text.replace(longest, '::').replace(/:{3,}/g, '::')
}
