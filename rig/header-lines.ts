/** Header lines as they stand on the wire: names in the case sent, repeated lines kept, in order. */
export type HeaderLines = readonly (readonly [name: string, value: string])[]

/** Pairs up what Node gives as a flat list of names and values. */
export function pairHeaderLines(flat: readonly string[]): HeaderLines {
  return Array.from({ length: flat.length / 2 }, (_, index) => [
    flat[2 * index] ?? '',
    flat[2 * index + 1] ?? '',
  ])
}

/** The values of every line whose name is this one, in any case. */
export function valuesOf(lines: HeaderLines, name: string): readonly string[] {
  const wanted = name.toLowerCase()
  return lines.flatMap(([key, value]) => (key.toLowerCase() === wanted ? [value] : []))
}

/**
 * Every line that some server may take for one of this name: servers that turn header names into
 * variables (CGI, WSGI, PHP) cannot tell `-` from `_`.
 */
export function linesLike(lines: HeaderLines, name: string): HeaderLines {
  const fold = (text: string) => text.toLowerCase().replaceAll('_', '-')
  return lines.filter(([key]) => fold(key) === fold(name))
}
