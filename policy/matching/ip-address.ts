import type { AddressRange } from '../authorization-policy.js'

/** An IP address as its 4 or 16 bytes. */
export type IpAddress = readonly number[]

/**
 * Parses an IPv4 or IPv6 address as Go's `netip.ParseAddr` does, which Istio checks policies with:
 * no octet with a leading zero, no brackets, no port. A zone (`%eth0`) is dropped.
 *
 * @returns undefined for anything that is not an address
 */
export function parseIpAddress(text: string): IpAddress | undefined {
  if (!text.includes(':')) return parseIpv4(text)
  const percent = text.indexOf('%')
  if (percent === -1) return parseIpv6(text)
  return percent === text.length - 1 ? undefined : parseIpv6(text.slice(0, percent))
}

/**
 * Parses an address or a range in CIDR notation, as Go's `netip.ParsePrefix` does: no leading zero
 * in the prefix length, no zone. Bits beyond the prefix may be set and mean nothing.
 *
 * @returns undefined for anything else
 */
export function parseAddressRange(text: string): AddressRange | undefined {
  const slash = text.lastIndexOf('/')
  if (slash === -1) {
    const address = parseIpAddress(text)
    if (address === undefined) return undefined
    const [withoutZone = text] = text.split('%', 1)
    return { kind: 'address-range', address: withoutZone, prefixLength: address.length * 8 }
  }
  const address = text.slice(0, slash)
  const bytes = address.includes('%') ? undefined : parseIpAddress(address)
  const bits = text.slice(slash + 1)
  if (bytes === undefined || !/^(?:0|[1-9][0-9]{0,2})$/.test(bits)) return undefined
  const prefixLength = Number(bits)
  if (prefixLength > bytes.length * 8) return undefined
  return { kind: 'address-range', address, prefixLength }
}

/**
 * Tells whether an address lies in a range. As in Envoy, an IPv4 address is never in an IPv6 range,
 * nor the other way round: `::ffff:10.0.0.1` is an IPv6 address.
 */
export function isInRange(address: IpAddress, network: IpAddress, prefixLength: number): boolean {
  if (address.length !== network.length) return false
  let bits = prefixLength
  for (let index = 0; bits > 0; index++, bits -= 8) {
    const mask = bits >= 8 ? 0xff : (0xff << (8 - bits)) & 0xff
    if (((address[index] ?? 0) & mask) !== ((network[index] ?? 0) & mask)) return false
  }
  return true
}

function parseIpv4(text: string): IpAddress | undefined {
  const parts = text.split('.', 5)
  if (parts.length !== 4) return undefined
  const bytes: number[] = []
  for (const part of parts) {
    if (!/^(?:0|[1-9][0-9]{0,2})$/.test(part) || Number(part) > 255) return undefined
    bytes.push(Number(part))
  }
  return bytes
}

function parseIpv6(text: string): IpAddress | undefined {
  const halves = text.split('::', 3)
  if (halves.length > 2) return undefined
  const [left, right] = halves.map((half, index) => {
    return half === '' && halves.length === 2 ? [] : parseGroups(half, index === halves.length - 1)
  })
  if (left === undefined) return undefined
  if (halves.length === 1) return left.length === 16 ? left : undefined
  // `::` stands for at least one group of zeros.
  if (right === undefined || left.length + right.length > 14) return undefined
  return [...left, ...Array<number>(16 - left.length - right.length).fill(0), ...right]
}

function parseGroups(text: string, mayEndInIpv4: boolean): number[] | undefined {
  const groups = text.split(':', 9)
  const bytes: number[] = []
  for (const [index, group] of groups.entries()) {
    if (/^[0-9a-fA-F]{1,4}$/.test(group)) {
      const value = Number.parseInt(group, 16)
      bytes.push(value >> 8, value & 0xff)
    } else {
      const ipv4 = mayEndInIpv4 && index === groups.length - 1 ? parseIpv4(group) : undefined
      if (ipv4 === undefined) return undefined
      bytes.push(...ipv4)
    }
  }
  return bytes
}
