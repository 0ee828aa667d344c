import { type FSWatcher, statSync, watch } from 'node:fs'

/** What a {@link DirectoryWatch} tells. */
export interface DirectoryWatchListener {
  /** Something has come, changed or gone in one of the directories. */
  onChange(): void
  /** A directory cannot be watched; said once until it can again. */
  onTrouble(directory: string, error: unknown): void
}

interface Watched {
  readonly watcher: FSWatcher
  /** Device and inode: a directory that was replaced keeps its name only. */
  readonly identity: string
}

/**
 * Watches directories, never files: what replaces a file, a rename or the swap of a ConfigMap's
 * `..data`, leaves a watch on the file behind. It hints at changes and misses some, on network file
 * systems most; whoever uses it looks from time to time as well.
 */
export class DirectoryWatch {
  readonly #listener: DirectoryWatchListener
  readonly #watched = new Map<string, Watched>()
  readonly #troubled = new Set<string>()

  constructor(listener: DirectoryWatchListener) {
    this.#listener = listener
  }

  /**
   * Watches these directories and no other. One that was replaced since is watched anew.
   *
   * @returns true when a directory is watched from now on that was not before: what happened in it
   *   until then has been missed
   */
  update(directories: readonly string[]): boolean {
    for (const directory of this.#watched.keys()) {
      if (!directories.includes(directory)) this.#drop(directory)
    }
    return directories.map(directory => this.#ensure(directory)).includes(true)
  }

  /** Ends it. */
  close(): void {
    for (const directory of [...this.#watched.keys()]) this.#drop(directory)
  }

  #ensure(directory: string): boolean {
    try {
      const { dev, ino } = statSync(directory)
      const identity = `${dev}:${ino}`
      if (this.#watched.get(directory)?.identity === identity) return false
      this.#drop(directory)
      const watcher = watch(directory, { persistent: false }, () => this.#listener.onChange())
      watcher.on('error', error => {
        this.#drop(directory)
        this.#trouble(directory, error)
      })
      this.#watched.set(directory, { watcher, identity })
      this.#troubled.delete(directory)
      return true
    } catch (error) {
      this.#drop(directory)
      this.#trouble(directory, error)
      return false
    }
  }

  #trouble(directory: string, error: unknown): void {
    if (this.#troubled.has(directory)) return
    this.#troubled.add(directory)
    this.#listener.onTrouble(directory, error)
  }

  #drop(directory: string): void {
    this.#watched.get(directory)?.watcher.close()
    this.#watched.delete(directory)
  }
}
