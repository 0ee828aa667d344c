import type { CST } from 'yaml'

/**
 * Finds the first value that stands deeper than a number of collections inside each other.
 *
 * It looks at the syntax tree, whose parser and this walk keep no call stack: composing values is
 * recursive, and on text that exhausts the stack it can take the whole process with it.
 *
 * @returns the offset of the value in the text; undefined when none stands that deep
 */
export function tooDeep(documents: readonly CST.Token[], maximumDepth: number): number | undefined {
  const left: { readonly token: CST.Token; readonly depth: number }[] = documents.map(token => {
    return { token, depth: 0 }
  })
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    const { token, depth } = next
    if (token.type === 'document') {
      if (token.value !== undefined) left.push({ token: token.value, depth })
    } else if ('items' in token) {
      if (depth === maximumDepth) return token.offset
      for (const { key, value } of token.items) {
        if (key) left.push({ token: key, depth: depth + 1 })
        if (value) left.push({ token: value, depth: depth + 1 })
      }
    }
  }
  return undefined
}
