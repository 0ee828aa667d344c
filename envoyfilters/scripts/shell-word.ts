/**
 * Writes any text as one word of a POSIX shell. Plain words stay as they are, everything else goes
 * between single quotes, inside which a shell reads nothing but the end.
 *
 * @example
 * shellWord("web's") // "'web'\\''s'"
 */
export function shellWord(text: string): string {
  return /^[A-Za-z0-9@%+:,./_-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`
}
