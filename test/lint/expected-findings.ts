/** A finding that a case expects: `LINE CODE`. */
export type Expected = string

/**
 * Reads what a case expects: `# expect: SL1001, SL1002` at the end of a line means that line; alone on
 * a line it means the next line that is not a comment.
 */
export function expectedFindings(text: string): readonly Expected[] {
  const lines = text.split('\n')
  return lines
    .flatMap((line, index) => {
      const codes = /(?:#|--) expect: ([A-Z0-9, ]+)$/.exec(line)?.[1]
      if (codes === undefined) return []
      const alone = /^\s*(?:#|--) expect/.test(line)
      const next = lines.findIndex((other, at) => at > index && !/^\s*(?:#|--[^-])/.test(other))
      return codes.split(', ').map(code => `${(alone ? next : index) + 1} ${code}`)
    })
    .sort()
}
