import { type FSWatcher, watch } from 'node:fs'
import { extname, resolve } from 'node:path'
import { coloursFor } from './colours.js'
import { Failure, Objection, Reported } from './failure.js'

/** How long it must be quiet after a change: an editor writes a file in several steps. */
const quietMilliseconds = 100

/**
 * Runs something now and again after each change in some directories, until SIGINT or SIGTERM.
 * Directories are watched and not files, because editors and ConfigMaps replace what they change.
 *
 * @param directories - asked for before each run, since a run's input says where input is
 * @param run - an objection or bad input, which it has reported, ends one run and not the watch
 * @param output - a file that a run writes, whose change is no reason for another
 * @throws {Failure} when a directory that is there cannot be watched
 */
export async function repeatOnChange(
  directories: () => Promise<readonly string[]>,
  run: () => Promise<void>,
  output: string | undefined,
): Promise<void> {
  const stop = stopSignal()
  const watched = new Set<string>()
  for (let stopped = false; !stopped; ) {
    for (const directory of await directories()) watched.add(directory)
    // Before the run: what changes while it goes on is for the next one.
    const change = nextChange([...watched], output)
    try {
      await runToItsEnd(run)
      const missed = (await directories()).some(directory => !watched.has(directory))
      // The configuration changed just before it was watched, and names more than that.
      if (missed) continue
      const { dim } = coloursFor(process.stderr)
      process.stderr.write(dim(`watching ${[...watched].join(', ')}; Ctrl-C ends\n`))
      stopped = await Promise.race([change.happened.then(() => false), stop.then(() => true)])
    } finally {
      change.close()
    }
  }
}

async function runToItsEnd(run: () => Promise<void>): Promise<void> {
  try {
    await run()
  } catch (error) {
    if (!(error instanceof Objection || error instanceof Reported)) throw error
  }
}

/** The next change in some directories, once it is quiet; whoever waits no more closes it. */
interface Change {
  readonly happened: Promise<void>
  close(): void
}

function nextChange(directories: readonly string[], output: string | undefined): Change {
  const ignored = output === undefined ? undefined : resolve(output)
  const watchers: FSWatcher[] = []
  let timer: NodeJS.Timeout | undefined
  let settle = () => {}
  const happened = new Promise<void>(done => {
    settle = done
  })
  const close = () => {
    clearTimeout(timer)
    for (const watcher of watchers) watcher.close()
  }
  try {
    for (const directory of directories) {
      const watcher = watchDirectory(directory, name => {
        if (!isInput(name) || resolve(directory, name) === ignored) return
        clearTimeout(timer)
        timer = setTimeout(settle, quietMilliseconds)
      })
      if (watcher !== undefined) watchers.push(watcher)
    }
  } catch (error) {
    close()
    throw error
  }
  return { happened, close }
}

/** A directory that has gone is not watched; it is tried again before the next run. */
function watchDirectory(directory: string, changed: (name: string) => void): FSWatcher | undefined {
  try {
    const watcher = watch(directory, (_, name) => changed(name ?? ''))
    watcher.on('error', () => watcher.close())
    return watcher
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : 'unknown'
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
    throw new Failure(
      `${directory} cannot be watched (${code})`,
      'run it without --watch, or end other programs that watch files',
    )
  }
}

/** YAML, a directory, or the link that a ConfigMap swaps (`..data`); not what else lies there. */
function isInput(name: string): boolean {
  return ['', '.yaml', '.yml', '.data'].includes(extname(name))
}

function stopSignal(): Promise<NodeJS.Signals> {
  return new Promise(resolvePromise => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, resolvePromise)
  })
}
