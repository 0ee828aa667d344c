import { parseIpAddress } from './matching/ip-address.js'

/**
 * Finds the client's address as Envoy does with no trusted hop: the last entry of
 * `x-forwarded-for`, and the connection's own address when there is none or it is no IP address.
 *
 * It is right whether or not the connection manager has `use_remote_address`: where it has, the
 * last entry is the connection's own address, which Envoy has appended before the check.
 */
export function remoteAddress(
  forwardedFor: readonly string[] | undefined,
  connection: string | undefined,
): string | undefined {
  const last = forwardedFor?.at(-1)?.split(',').at(-1)?.trim()
  return last !== undefined && parseIpAddress(last) !== undefined ? last : connection
}
