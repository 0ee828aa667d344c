import { readFileSync } from 'node:fs'
import { Command, CommanderError } from 'commander'
import { coloursFor } from './colours.js'
import { diffCommand } from './diff.js'
import { explainCommand } from './explain.js'
import { exitCode, Failure, Objection, Reported } from './failure.js'
import { generateCommand } from './generate.js'
import { graphCommand } from './graph.js'

import { lintCommand } from './lint.js'

import { replayCommand } from './replay.js'

import { schemaCommand } from './schema.js'
import { serveCommand } from './serve.js'
import { testCommand } from './test.js'

/**
 * Runs the command line and gives the exit code: 0 done, 1 an objection, 2 bad input.
 *
 * A user's mistake ends in one message on stderr with the mend, never in a stack trace.
 *
 * @param argv as `process.argv` has it
 */
export async function run(argv: readonly string[]): Promise<number> {
  const program = new Command('sidecert')
    .description('The verified X.509-SVID of the caller, in front of an OAuth server behind Envoy')
    .version(packageVersion(), '-V, --version')
    .showHelpAfterError('(sidecert --help lists the commands)')
    .exitOverride()
  for (const command of [
    generateCommand(),
    serveCommand(),
    explainCommand(),
    graphCommand(),
    lintCommand(),
    testCommand(),
    diffCommand(),
    replayCommand(),
    schemaCommand(),
  ]) {
    program.addCommand(
      command
        .copyInheritedSettings(program)
        .showHelpAfterError(`(sidecert ${command.name()} --help shows an example)`),
    )
  }
  try {
    await program.parseAsync([...argv])
    return exitCode.done
  } catch (error) {
    return report(error)
  }
}

function report(error: unknown): number {
  const colours = coloursFor(process.stderr)
  if (error instanceof CommanderError) {
    // Commander has printed its message; asking for help or the version is no mistake.
    return error.exitCode === 0 ? exitCode.done : exitCode.badInput
  }
  if (error instanceof Objection) return exitCode.objection
  if (error instanceof Reported) return exitCode.badInput
  if (error instanceof Failure) {
    process.stderr.write(`${colours.red(colours.bold('error'))}: ${error.message}\n`)
    if (error.hint !== undefined) process.stderr.write(`  ${colours.cyan('mend')}: ${error.hint}\n`)
    return exitCode.badInput
  }
  // What is not known here is no user's mistake; they still get one line and no stack trace.
  const message = error instanceof Error ? error.message : String(error)
  process.stderr.write(
    `${colours.red(colours.bold('error'))}: sidecert itself failed: ${message}\n` +
      `  ${colours.cyan('mend')}: report it with the command line and the files; SIDECERT_TRACE=1 adds the trace\n`,
  )
  if (process.env.SIDECERT_TRACE && error instanceof Error) process.stderr.write(`${error.stack}\n`)
  return exitCode.badInput
}

function packageVersion(): string {
  const manifest = new URL('../../package.json', import.meta.url)
  return (JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }).version
}
