import { createReadStream } from 'node:fs'
import type { Readable } from 'node:stream'
import { StringDecoder } from 'node:string_decoder'
import { createGunzip } from 'node:zlib'
import { Failure } from './failure.js'

/** The longest line that is read; a decision has a few hundred bytes. */
const maximumLength = 1 << 20

/** A line with its number, from 1; without text when it is too long to be read. */
export interface LogLine {
  readonly number: number
  readonly text: string | undefined
}

/**
 * Reads the lines of a file, of a file compressed by gzip if its name ends in `.gz`, or of standard
 * input for `-`, one by one: no more than a line is held. Empty lines are counted and not given.
 *
 * @throws {Failure} when it cannot be read
 */
export async function* logLines(file: string): AsyncGenerator<LogLine> {
  const decoder = new StringDecoder('utf8')
  let number = 1
  let rest = ''
  let tooLong = false
  try {
    for await (const chunk of openLog(file)) {
      const pieces = (rest + decoder.write(chunk)).split('\n')
      rest = pieces.pop() ?? ''
      for (const text of pieces) {
        if (tooLong) yield { number, text: undefined }
        else if (text.trim() !== '') yield { number, text }
        tooLong = false
        number++
      }
      if (rest.length > maximumLength) {
        tooLong = true
        rest = ''
      }
    }
  } catch (error) {
    throw new Failure(`${file} cannot be read${reason(error)}`, 'name a log, or - for stdin')
  }
  rest += decoder.end()
  if (tooLong) yield { number, text: undefined }
  else if (rest.trim() !== '') yield { number, text: rest }
}

function openLog(file: string): Readable {
  if (file === '-') return process.stdin
  const source = createReadStream(file)
  if (!file.endsWith('.gz')) return source
  const plain = createGunzip()
  source.on('error', error => plain.destroy(error))
  return source.pipe(plain)
}

function reason(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  if (code === 'ENOENT') return ': there is no such file'
  if (code === 'EISDIR') return ': it is a directory'
  if (code.startsWith('Z_')) return ': it is not compressed by gzip'
  return code === '' ? '' : ` (${code})`
}
