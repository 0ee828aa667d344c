/**
 * Makes the regular expression (RE2, matched in full) of all spellings of a header name.
 *
 * Envoy keeps names in lower case and tells `-` from `_`. Servers that turn names into variables do
 * not (RFC 3875 section 4.1.18: HTTP_X_CLIENT_CERTIFICATE), so that each `-` and `_` stands for both.
 *
 * @param header - letters, digits, dashes and underscores, in lower case
 * @throws {RangeError} for any other name: nothing else may get into a regular expression
 *
 * @example
 * headerSpellings('x-client-certificate') // 'x[-_]client[-_]certificate'
 */
export function headerSpellings(header: string): string {
  if (!/^[a-z0-9]([a-z0-9_-]*[a-z0-9])?$/.test(header)) {
    throw new RangeError(`${JSON.stringify(header)} is not a header name in lower case`)
  }
  return header.replaceAll(/[-_]/g, '[-_]')
}
