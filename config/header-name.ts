/**
 * Headers that the filters must never strip or set: HTTP and Envoy give them a meaning of their own
 * (RFC 9110 section 7.6.1 for the hop-by-hop ones), or another part of the mesh reads them.
 */
const reserved: ReadonlySet<string> = new Set([
  'accept',
  'authorization',
  'connection',
  'content-encoding',
  'content-length',
  'content-type',
  'cookie',
  'date',
  'dpop',
  'expect',
  'forwarded',
  'host',
  'http2-settings',
  'keep-alive',
  'origin',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'user-agent',
  'via',
  'x-request-id',
])

/** The service removes each spelling by name: two to the power of this. */
const maximumSeparators = 6

const reservedPrefixes = ['x-envoy-', 'x-forwarded-', 'x-sidecert-', 'x-b3-', 'grpc-']

/**
 * Tells what is wrong with a name for the forwarded header; undefined if it can be used.
 *
 * Letters, digits, dashes and underscores, with a letter or digit at both ends, at most 64: a part of
 * the tokens of RFC 9110 section 5.6.2, so that neither a regular expression nor Lua nor Envoy's
 * format strings can read anything else out of it. Pseudo-headers have a colon and are refused so.
 */
export function headerNameProblem(name: string): string | undefined {
  if (!/^[A-Za-z0-9]([A-Za-z0-9_-]{0,62}[A-Za-z0-9])?$/.test(name)) {
    return 'is not a header name of letters, digits, dashes and underscores (at most 64)'
  }
  if (name.split(/[-_]/).length - 1 > maximumSeparators) {
    return `has more than ${maximumSeparators} dashes and underscores, so that its spellings are too many to remove`
  }
  const folded = name.toLowerCase().replaceAll('_', '-')
  if (reserved.has(folded) || reservedPrefixes.some(prefix => folded.startsWith(prefix))) {
    return 'is a header with a meaning of its own, which must not be stripped or set'
  }
  return undefined
}
