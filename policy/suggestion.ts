/**
 * Finds the known name that a misspelt one most likely means: the same letters in another case or
 * with other separators, the singular or plural, or the fewest typing slips away.
 */
export function nearestName(name: string, known: readonly string[]): string | undefined {
  const same = known.find(candidate => letters(candidate) === letters(name))
  if (same !== undefined) return same
  let nearest: string | undefined
  let fewest = Math.max(2, Math.floor(name.length / 3)) + 1
  // Two names of sixty characters are the longest that are worth comparing.
  for (const candidate of name.length > 60 ? [] : known) {
    const slips = slipsBetween(letters(name), letters(candidate))
    if (slips < fewest && slips < candidate.length) {
      nearest = candidate
      fewest = slips
    }
  }
  return nearest
}

function letters(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z0-9]/g, '')
}

/** The Damerau-Levenshtein distance with adjacent swaps. */
function slipsBetween(left: string, right: string): number {
  let beforeLast: number[] = []
  let last = Array.from({ length: right.length + 1 }, (_, index) => index)
  for (let i = 1; i <= left.length; i++) {
    const row = [i]
    for (let j = 1; j <= right.length; j++) {
      const equal = left[i - 1] === right[j - 1]
      let slips = Math.min(at(last, j) + 1, at(row, j - 1) + 1, at(last, j - 1) + (equal ? 0 : 1))
      if (i > 1 && j > 1 && left[i - 1] === right[j - 2] && left[i - 2] === right[j - 1]) {
        slips = Math.min(slips, at(beforeLast, j - 2) + 1)
      }
      row.push(slips)
    }
    beforeLast = last
    last = row
  }
  return at(last, right.length)
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Number.POSITIVE_INFINITY
}
