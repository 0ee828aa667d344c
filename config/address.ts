import { isIP } from 'node:net'

/** A TCP address. The host is a name or an IP address, an IPv6 address without brackets. */
export interface TcpAddress {
  readonly kind: 'tcp'
  readonly host: string
  readonly port: number
}

/** A Unix domain socket. The path is as the user wrote it. */
export interface UnixAddress {
  readonly kind: 'unix'
  readonly path: string
}

/** Where something listens or is reached. */
export type Address = TcpAddress | UnixAddress

// What the kernel's `sun_path` holds, without the terminating NUL.
const maximumSocketPath = 107

const hostName =
  /^(?=.{1,253}$)[A-Za-z0-9]([A-Za-z0-9_-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9_-]*[A-Za-z0-9])?)*$/

/**
 * Parses `host:port`, `[v6]:port` or `unix:/path`; undefined for anything else.
 *
 * The port is 0 to 65535 in decimal without leading zeros, and a socket's path is absolute and short
 * enough for the kernel (107 bytes).
 *
 * @example
 * parseAddress('[::1]:9191') // { kind: 'tcp', host: '::1', port: 9191 }
 */
export function parseAddress(text: string): Address | undefined {
  if (text.startsWith('unix:')) return parseSocketPath(text.slice('unix:'.length))
  const match = /^(?:\[([^\]]+)\]|([^:[\]]+)):(0|[1-9][0-9]{0,4})$/.exec(text)
  if (match === null) return undefined
  const [, bracketed, bare, digits] = match
  const port = Number(digits)
  if (port > 65535) return undefined
  if (bracketed !== undefined) {
    return isIP(bracketed) === 6 ? { kind: 'tcp', host: bracketed, port } : undefined
  }
  const host = bare ?? ''
  return isHost(host) ? { kind: 'tcp', host, port } : undefined
}

/** Writes an address in the form that {@link parseAddress} reads. */
export function formatAddress(address: Address): string {
  if (address.kind === 'unix') return `unix:${address.path}`
  const host = address.host.includes(':') ? `[${address.host}]` : address.host
  return `${host}:${address.port}`
}

/** Tells whether a TCP address is an IP address and not a name that must be looked up. */
export function isNumeric(address: TcpAddress): boolean {
  return isIP(address.host) !== 0
}

function parseSocketPath(path: string): UnixAddress | undefined {
  const usable =
    path.startsWith('/') && !path.includes('\0') && Buffer.byteLength(path) <= maximumSocketPath
  return usable ? { kind: 'unix', path } : undefined
}

/** `1.2.3.999` is shaped like a host name and is none. */
function isHost(host: string): boolean {
  return isIP(host) === 4 || (hostName.test(host) && !/(^|\.)[0-9]+$/.test(host))
}
