import { Document, isMap, isSeq, type Node } from 'yaml'

/** A comment on a value inside a document: the keys and indices that lead to it. */
export interface Comment {
  readonly path: readonly (string | number)[]
  readonly text: string
}

/**
 * Writes a document as YAML, with keys in the order that the object has them.
 *
 * Strings are quoted where any reader could take them for something else, a YAML 1.1 reader as
 * kubectl's included (`on`, `0o7`, `12:30:45`), and no line is folded.
 *
 * @param heading - the comment above the document
 */
export function yamlText(
  value: object,
  heading: string,
  comments: readonly Comment[] = [],
): string {
  const document = new Document(value, { version: '1.1', aliasDuplicateObjects: false })
  for (const { path, text } of comments) {
    const node = document.getIn(path, true)
    if (!isMap(node) && !isSeq(node)) throw new Error(`no value at ${path.join('.')} to comment on`)
    ;(node as Node).commentBefore = commentLines(text)
  }
  document.commentBefore = commentLines(heading)
  const text = document.toString({ lineWidth: 0, blockQuote: 'literal', directives: false })
  return text
}

function commentLines(text: string): string {
  return text
    .split('\n')
    .map(line => (line === '' ? '' : ` ${line}`))
    .join('\n')
}
