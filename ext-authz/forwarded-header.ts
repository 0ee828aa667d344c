/**
 * The header that carries the peer's certificate to the application, with every other spelling
 * that an application may take for it: frameworks after CGI fold `-` and `_` into one.
 */
export interface ForwardedHeader {
  /** In lower case, as Envoy has all header names. */
  readonly name: string
  /** The spellings with `_` in place of some or all `-`; never `name` itself. */
  readonly otherSpellings: readonly string[]
}

/** The longest list of spellings that is worth a removal one by one: six separators. */
const maximumSeparators = 6

/**
 * Describes the forwarded header of a name.
 *
 * @throws {RangeError} when the name has more than six separators: its spellings are too many to
 * be removed one by one
 */
export function forwardedHeader(name: string): ForwardedHeader {
  const parts = name.toLowerCase().split(/[-_]/)
  if (parts.length - 1 > maximumSeparators) {
    throw new RangeError(`the header name ${name} has more than ${maximumSeparators} separators`)
  }
  const spellings = parts
    .slice(1)
    .reduce(
      (before, part) => before.flatMap(start => [`${start}-${part}`, `${start}_${part}`]),
      [parts[0] ?? ''],
    )
  return {
    name: name.toLowerCase(),
    otherSpellings: spellings.filter(spelling => spelling !== name.toLowerCase()),
  }
}
