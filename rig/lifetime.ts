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
  readonly #failures: unknown[] = []
  #ending: Promise<void> | undefined

  /** True from the moment at which it begins to end: what fails from then on failed because of it. */
  get ending(): boolean {
    return this.#ending !== undefined
  }

  /** Keeps a cleanup for the end. Too late for that, it is run at once. */
  add(cleanup: Cleanup): void {
    this.#cleanups.push(cleanup)
    if (this.#ending !== undefined) this.#ending = this.#ending.then(() => this.#endAll())
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

  /**
   * Ends everything, the last thing first. A cleanup that fails does not stop the others.
   *
   * @throws AggregateError of what failed
   */
  async end(): Promise<void> {
    this.#ending ??= this.#endAll()
    for (let seen: unknown; seen !== this.#ending; ) {
      seen = this.#ending
      await this.#ending
    }
    const failures = this.#failures.splice(0)
    if (failures.length > 0) throw new AggregateError(failures, 'not everything could be ended')
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
    for (let cleanup = this.#cleanups.pop(); cleanup; cleanup = this.#cleanups.pop())
      try {
        await cleanup()
      } catch (error) {
        this.#failures.push(error)
      }
  }
}
