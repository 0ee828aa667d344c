/** Times of a {@link Backoff} in milliseconds. */
export interface BackoffTimings {
  readonly least: number
  readonly most: number
}

/**
 * How long to wait before the next attempt: doubled with each failure in a row up to a limit, of
 * which the second half is left to chance, so that many replicas do not come back in step.
 */
export class Backoff {
  readonly #timings: BackoffTimings
  #failures = 0

  constructor(timings: BackoffTimings) {
    this.#timings = timings
  }

  /** Starts again with the least wait. */
  reset(): void {
    this.#failures = 0
  }

  /** The wait after one more failure. */
  next(): number {
    const { least, most } = this.#timings
    const longest = Math.min(most, least * 2 ** Math.min(this.#failures, 30))
    this.#failures += 1
    return longest / 2 + Math.random() * (longest / 2)
  }
}
