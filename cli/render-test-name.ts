/**
 * Writes a name of a case so that it can stand anywhere: in place of control characters, halves of
 * surrogate pairs, what is no character and what turns the direction of writing stands `\u{HEX}`.
 */
export function visibleText(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cs}\p{Bidi_Control}\ufffe\uffff]/gu, character => {
    return `\\u{${character.codePointAt(0)?.toString(16)}}`
  })
}
