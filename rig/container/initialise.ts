import { X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { containerPlaces } from './places.js'
import { lastFile, writeFiles } from './write-files.js'

const hour = 3_600_000

/** Whether a run before has written everything, and what it issued is still good for a while. */
async function isInitialised(folder: string): Promise<boolean> {
  try {
    await readFile(join(folder, lastFile))
    const authority = new X509Certificate(await readFile(join(folder, 'ca.pem')))
    return Date.parse(authority.validTo) > Date.now() + hour
  } catch {
    return false
  }
}

const [folder] = process.argv.slice(2)
if (folder === undefined) {
  process.stderr.write('usage: node dist/rig/container/initialise.js FOLDER\n')
  process.exitCode = 2
} else if (await isInitialised(folder)) {
  process.stdout.write(`the files of every container are in ${folder}\n`)
} else {
  await writeFiles(resolve(folder), containerPlaces)
  process.stdout.write(`wrote the files of every container into ${folder}\n`)
}
