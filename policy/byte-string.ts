/**
 * Writes a text of a policy as the bytes of its UTF-8 form, one UTF-16 code unit a byte, which is how
 * the facts of a request are written.
 */
export function byteString(text: string): string {
  if (isAscii(text)) return text
  let bytes = ''
  for (const byte of new TextEncoder().encode(text)) bytes += String.fromCharCode(byte)
  return bytes
}

/** Quotes the bytes of a request for people: as UTF-8 where they are, else as `\xNN`. */
export function quotedBytes(bytes: string): string {
  const codes = Uint8Array.from(bytes, byte => byte.charCodeAt(0))
  try {
    return JSON.stringify(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(codes))
  } catch {
    const escaped = bytes.replaceAll(/[^\x20-\x7e]/g, byte => {
      return `\\x${byte.charCodeAt(0).toString(16).padStart(2, '0')}`
    })
    return `"${escaped}"`
  }
}

/** Folds A to Z, and nothing else, to lower case. */
export function asciiLowerCase(text: string): string {
  return text.replaceAll(/[A-Z]+/g, letters => letters.toLowerCase())
}

/** Tells whether all characters are ASCII. */
export function isAscii(text: string): boolean {
  for (let index = 0; index < text.length; index++) {
    if (text.charCodeAt(index) > 0x7f) return false
  }
  return true
}
