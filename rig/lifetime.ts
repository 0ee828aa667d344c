import { rmSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

type Cleanup = () => Promise<void> | void

/**
 * What a run of the rig has started and must not leave behind: ended in the opposite order, once,
 * whatever ends the run.
 */
export class Lifetime {
  readonly #cleanups: Cleanup[] = []
  #ending: Promise<void> | undefined

  /** Keeps a cleanup for the end. Too late for that, it is run at once. */
  add(cleanup: Cleanup): void {
    if (this.#ending === undefined) this.#cleanups.push(cleanup)
    else this.#ending = this.#ending.then(cleanup)
  }

  /** Makes a folder for the run, readable by its user alone; gone even if the run ends abruptly. */
  async folder(): Promise<string> {
    const folder = await mkdtemp(join(tmpdir(), 'sidecert-'))
    const atExit = () => rmSync(folder, { recursive: true, force: true })
    process.once('exit', atExit)
    this.add(async () => {
      await rm(folder, { recursive: true, force: true })
      process.off('exit', atExit)
    })
    return folder
  }

  /** Ends everything, the last thing first. A cleanup that fails does not stop the others. */
  end(): Promise<void> {
    this.#ending ??= this.#endAll()
    return this.#ending
  }

  /**
   * Ends everything on the signals that ask a process to stop, then leaves with the exit code that
   * a shell expects of them, unless the process has set another.
   */
  endOnSignals(): void {
    const signals = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 } as const
    for (const [signal, number] of Object.entries(signals))
      process.on(signal, () =>
        this.end().finally(() => process.exit(process.exitCode ?? 128 + number)),
      )
  }

  async #endAll(): Promise<void> {
    const failures: unknown[] = []
    for (const cleanup of this.#cleanups.splice(0).reverse())
      try {
        await cleanup()
      } catch (error) {
        failures.push(error)
      }
    if (failures.length > 0) throw new AggregateError(failures, 'not everything could be ended')
  }
}
