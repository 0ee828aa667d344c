import { setTimeout as delay } from 'node:timers/promises'
import type { Candidate } from './candidate.js'

/** How often files that keep changing are read before it is put off. */
const maximumReadings = 20

/**
 * Reads the inputs until two readings in a row find the same files, so that a file which is just
 * being written, or a set of files of which a part has been replaced, is not taken for a version.
 *
 * @param known - versions that need no second reading: nothing will come of them
 * @returns undefined when the files do not come to rest
 */
export async function settledReading(
  read: () => Promise<Candidate>,
  known: readonly (string | undefined)[],
  settleMilliseconds: number,
): Promise<Candidate | undefined> {
  let last = await read()
  if (known.includes(last.version)) return last
  for (let reading = 1; reading < maximumReadings; reading++) {
    await delay(settleMilliseconds)
    const next = await read()
    if (next.filesVersion === last.filesVersion) return next
    last = next
  }
  return undefined
}
