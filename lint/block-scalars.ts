import { parseAllDocuments, visit } from 'yaml'

/** Offsets of a text, from the first character to behind the last. */
export type TextRange = readonly [from: number, to: number]

/**
 * Finds the block scalars (`|` and `>`) of a YAML text: what looks like a comment in them is part of
 * a value, such as a file in a ConfigMap.
 */
export function blockScalars(text: string): readonly TextRange[] {
  const ranges: TextRange[] = []
  for (const document of parseAllDocuments(text, { logLevel: 'silent' })) {
    visit(document, {
      Scalar(_, { type, range }) {
        if ((type === 'BLOCK_LITERAL' || type === 'BLOCK_FOLDED') && range) {
          ranges.push([range[0], range[1]])
        }
      },
    })
  }
  return ranges
}
