import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { atExit } from './at-exit.js'

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

  /**
   * Makes a folder for the run that only its user can enter; it goes even if the run ends abruptly.
   *
   * Synchronous, so that no signal comes between making it and knowing of it.
   */
  folder(): string {
    const folder = mkdtempSync(join(tmpdir(), 'sidecert-'))
    const remove = () => rmSync(folder, { recursive: true, force: true })
    const forget = atExit(remove)
    this.add(() => {
      remove()
      forget()
    })
    return folder
  }

  /** Ends everything, the last thing first. A cleanup that fails does not stop the others. */
  async end(): Promise<void> {
    this.#ending ??= this.#endAll()
    for (let seen: unknown; seen !== this.#ending; ) {
      seen = this.#ending
      await this.#ending
    }
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
