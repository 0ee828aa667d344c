import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { RigError } from './rig-error.js'

/**
 * Runs a program for exactly as long as its standard input stays open, that is, as long as the
 * process that started it lives: also when that process is killed and can clean up nothing.
 */
const guardian = `
exec 3<&0
"$@" 3<&- </dev/null &
program=$!
{
  cat <&3
  kill -TERM "$program"
} >/dev/null 2>&1 &
watcher=$!
exec 3<&-
wait "$program"
status=$?
kill "$watcher" 2>/dev/null
exit "$status"
`

const linesKept = 60
const stopDeadline = 5_000

/** A process that the rig has started. */
export interface Child {
  readonly name: string
  /** Resolves with a few words on how it ended, once it has. */
  readonly ended: Promise<string>
  /** The last lines that it wrote, standard output and error alike. */
  logTail(): string
  /** Asks it to stop; kills it if it has not within some seconds. Never throws. */
  stop(): Promise<void>
}

/** How a child is started. */
export interface ChildOptions {
  readonly name: string
  readonly command: string
  readonly args: readonly string[]
  readonly env?: NodeJS.ProcessEnv
  readonly onLine?: (line: string) => void
}

/**
 * Starts a program in a process group of its own, so that a Ctrl-C in the terminal reaches the rig
 * alone, which then stops its children in order.
 */
export function startChild(options: ChildOptions): Child {
  const shell = spawn('/bin/sh', ['-c', guardian, 'sh', options.command, ...options.args], {
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
    ...(options.env === undefined ? {} : { env: options.env }),
  })
  const lines: string[] = []
  for (const stream of [shell.stdout, shell.stderr])
    createInterface(stream).on('line', line => {
      lines.push(line)
      if (lines.length > linesKept) lines.shift()
      options.onLine?.(line)
    })
  // A child that has ended cannot be written to; that it has is told by `ended`.
  shell.stdin.on('error', () => undefined)
  const ended = new Promise<string>(resolve => {
    shell.once('error', error => resolve(error.message))
    shell.once('exit', (code, signal) =>
      resolve(signal === null ? `exit code ${code}` : `signal ${signal}`),
    )
  })
  return {
    name: options.name,
    ended,
    logTail: () => lines.join('\n'),
    stop: () => stop(shell, ended),
  }
}

async function stop(shell: ChildProcess, ended: Promise<string>): Promise<void> {
  shell.stdin?.end()
  const timer = setTimeout(() => killGroup(shell), stopDeadline)
  await ended
  clearTimeout(timer)
}

/** The group is ours: its leader is the guardian, which is not reaped yet. */
function killGroup({ pid, exitCode, signalCode }: ChildProcess): void {
  if (pid !== undefined && exitCode === null && signalCode === null) process.kill(-pid, 'SIGKILL')
}

/**
 * Waits until a child is ready: asks again and again, until it answers true.
 *
 * @throws RigError `process-not-ready`, with the end of its log, when it ends or takes too long
 */
export async function waitUntilReady(
  child: Child,
  ready: () => Promise<boolean>,
  deadline = 30_000,
): Promise<void> {
  let end: string | undefined
  void child.ended.then(how => {
    end = how
  })
  const giveUp = Date.now() + deadline
  for (;;) {
    if (await ready()) return
    if (end !== undefined) throw notReady(child, `ended with ${end}`)
    if (Date.now() > giveUp) throw notReady(child, `was not ready within ${deadline / 1000} s`)
    await new Promise(resolve => setTimeout(resolve, 25))
  }
}

function notReady(child: Child, what: string): RigError {
  const log = child.logTail()
  return new RigError(
    'process-not-ready',
    `${child.name} ${what}${log === '' ? '' : `\n${log}`}`,
    'The end of its log says why.',
  )
}
