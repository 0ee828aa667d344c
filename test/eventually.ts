import { setTimeout as delay } from 'node:timers/promises'

/**
 * Waits until a condition gives a value, by asking again and again.
 *
 * @throws when it gives none within the deadline: what was waited for
 */
export async function eventually<T>(
  what: string,
  condition: () => T | undefined | false | Promise<T | undefined | false>,
  milliseconds = 20_000,
): Promise<T> {
  const giveUp = Date.now() + milliseconds
  for (;;) {
    const value = await condition()
    if (value !== undefined && value !== false) return value
    if (Date.now() > giveUp) throw new Error(`not within ${milliseconds} ms: ${what}`)
    await delay(10)
  }
}
