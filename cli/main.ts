#!/usr/bin/env node
import { run } from './program.js'

// A reader that has seen enough, such as `head`, is no failure; a full disk is.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0)
  process.stderr.write(`error: the output cannot be written: ${error.message}\n`)
  process.exit(2)
})

process.exitCode = await run(process.argv)
