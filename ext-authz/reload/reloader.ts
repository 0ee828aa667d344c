import { type Diagnostic, diagnostic } from '../../policy/index.js'
import { type Authorizer, type AuthorizerSource, createAuthorizer } from '../authorizer.js'
import type { DecisionLog } from '../decision-log.js'
import type { Broken, Candidate, Incomplete, Usable } from './candidate.js'
import { DirectoryWatch } from './directory-watch.js'
import type { ReloadStatus, ReloadStep } from './reload-status.js'
import { settledReading } from './settled-reading.js'

/** What makes the service look at its inputs. */
export type ReloadCause = 'files' | 'cluster' | 'signal' | 'poll'

/** Times in milliseconds. */
export interface ReloadTimings {
  /** How long it must be quiet after a change before the inputs are read. */
  readonly debounce: number
  /** How long a change waits at the most, however restless it is. */
  readonly maximumDelay: number
  /** How far two readings are apart that must find the same. */
  readonly settle: number
  /** How often the inputs are read though nothing was heard of a change. */
  readonly poll: number
}

const defaultTimings: ReloadTimings = {
  debounce: 100,
  maximumDelay: 2000,
  settle: 50,
  poll: 10_000,
}

/** What a {@link Reloader} needs. */
export interface ReloaderSettings {
  /** Reads all inputs as they are now. */
  read(): Promise<Candidate>
  /** The reading that the service starts with, and what was made of it. */
  readonly first: { readonly candidate: Candidate; readonly built: Usable | Incomplete }
  readonly log: Pick<DecisionLog, 'event'>
  readonly timings?: Partial<ReloadTimings>
}

const historyLength = 50
const diagnosticsLogged = 20

/**
 * Keeps the authorizer in force up to date with its inputs.
 *
 * A new version takes the place of the old one in one assignment, once it has been read twice the
 * same and compiled; a version that cannot be used is reported and changes nothing. Until a first
 * version is good, every check is denied.
 */
export class Reloader implements AuthorizerSource {
  readonly #settings: ReloaderSettings
  readonly #timings: ReloadTimings
  readonly #fixed: Readonly<Record<string, string>>
  readonly #watch: DirectoryWatch
  readonly #poll: NodeJS.Timeout
  readonly #causes = new Set<ReloadCause>()
  readonly #listeners: (() => void)[] = []
  #current: Authorizer
  #status: ReloadStatus
  #timer: NodeJS.Timeout | undefined
  #waitingSince: number | undefined
  #looking: Promise<void> | undefined
  #stopped = false

  constructor(settings: ReloaderSettings) {
    const { candidate, built } = settings.first
    this.#settings = settings
    this.#timings = { ...defaultTimings, ...settings.timings }
    this.#fixed = built.fixed
    const none = { running: undefined, refused: undefined, waitingFor: undefined }
    this.#status = { ...none, restartNeeded: [], history: [] }
    if (built.kind === 'usable') {
      this.#current = compile(built, candidate.version)
      this.#status = { ...this.#status, running: { version: candidate.version, since: Date.now() } }
      this.#remember(candidate.version, 'in-force', 'start')
    } else {
      this.#current = createAuthorizer({ ...built.settings, policies: [], namespaces: [] })
      this.#status = { ...this.#status, waitingFor: built.waitingFor }
    }
    this.#watch = new DirectoryWatch({
      onChange: () => this.request('files'),
      onTrouble: (directory, error) =>
        this.#event('directory not watched', { directory, error: String(error) }, 'warn'),
    })
    this.#poll = setInterval(() => this.request('poll'), this.#timings.poll).unref()
    // What changed between the first reading and the watch has been missed.
    if (this.#watch.update(candidate.directories)) this.request('files')
  }

  /** The authorizer in force. */
  get current(): Authorizer {
    return this.#current
  }

  /** Which version runs and what became of newer ones. */
  get status(): ReloadStatus {
    return this.#status
  }

  /** Calls a listener each time when another authorizer is in force. */
  onSwap(listener: () => void): void {
    this.#listeners.push(listener)
  }

  /** Asks for a look at the inputs, soon; several requests together are one look. */
  request(cause: ReloadCause): void {
    if (this.#stopped) return
    this.#causes.add(cause)
    const now = performance.now()
    this.#waitingSince ??= now
    const { debounce, maximumDelay } = this.#timings
    const wait = Math.max(0, Math.min(debounce, this.#waitingSince + maximumDelay - now))
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#look(), wait).unref()
  }

  /** Ends watching; the authorizer in force stays so. */
  async stop(): Promise<void> {
    this.#stopped = true
    clearInterval(this.#poll)
    clearTimeout(this.#timer)
    this.#watch.close()
    await this.#looking
  }

  /** One look at a time; what is asked for meanwhile is the next one. */
  #look(): void {
    if (this.#looking !== undefined) return
    const causes = [...this.#causes]
    this.#causes.clear()
    this.#waitingSince = undefined
    this.#looking = this.#lookOnce(causes)
      .catch(error => this.#event('reload failed', { error: describe(error) }, 'error'))
      .finally(() => {
        this.#looking = undefined
        for (const cause of this.#causes) this.request(cause)
      })
  }

  async #lookOnce(causes: readonly ReloadCause[]): Promise<void> {
    const asked = causes.includes('signal')
    const { running, refused } = this.#status
    const known = asked ? [] : [running?.version, refused?.version]
    const candidate = await settledReading(this.#settings.read, known, this.#timings.settle)
    if (this.#stopped) return
    if (candidate === undefined) {
      return this.#event('inputs keep changing', { running: running?.version }, 'warn')
    }
    if (this.#watch.update(candidate.directories)) this.request('files')
    const cause = causes.join('+')
    if (candidate.version === running?.version) return this.#unchanged(cause, asked)
    if (candidate.version === refused?.version && !asked) return
    const built = build(candidate)
    if (built.kind === 'incomplete') this.#status = { ...this.#status, ...waiting(built) }
    else if (built.kind === 'broken') this.#refuse(candidate, built, cause)
    else this.#swap(candidate, built, cause)
  }

  #unchanged(cause: string, asked: boolean): void {
    const { running, refused } = this.#status
    const version = running?.version
    this.#status = { ...this.#status, waitingFor: undefined }
    if (refused !== undefined) {
      this.#status = { ...this.#status, refused: undefined }
      this.#remember(refused.version, 'withdrawn', cause)
      this.#event('refused version withdrawn', {
        version: refused.version,
        running: version,
        cause,
      })
    } else if (asked) {
      this.#event('nothing to reload', { version, cause })
    }
  }

  #refuse({ version }: Candidate, { diagnostics }: Broken, cause: string): void {
    const running = this.#status.running?.version
    this.#status = {
      ...this.#status,
      refused: { version, since: Date.now(), diagnostics },
      waitingFor: undefined,
    }
    this.#remember(version, 'refused', cause)
    this.#event('version refused', { version, running, cause, ...logged(diagnostics) }, 'error')
  }

  #swap({ version }: Candidate, built: Usable & { authorizer: Authorizer }, cause: string): void {
    const previous = this.#status.running?.version
    this.#current = built.authorizer
    const changed = Object.keys(built.fixed).filter(key => built.fixed[key] !== this.#fixed[key])
    const already = this.#status.restartNeeded
    this.#status = {
      ...this.#status,
      running: { version, since: Date.now() },
      refused: undefined,
      waitingFor: undefined,
      restartNeeded: changed,
    }
    this.#remember(version, 'in-force', cause)
    this.#event('version in force', { version, previous, cause, ...logged(built.diagnostics) })
    if (changed.some(key => !already.includes(key))) {
      this.#event('restart needed', { version, settings: changed }, 'warn')
    }
    for (const listener of this.#listeners) listener()
  }

  #remember(version: string, result: ReloadStep['result'], cause: string): void {
    const step = { at: Date.now(), version, result, cause }
    const history = [...this.#status.history, step].slice(-historyLength)
    this.#status = { ...this.#status, history }
  }

  #event(message: string, details: Record<string, unknown>, level?: 'warn' | 'error'): void {
    this.#settings.log.event(message, details, level)
  }
}

type Compiled = (Usable & { readonly authorizer: Authorizer }) | Incomplete | Broken

/** Whatever goes wrong here goes wrong before the version is in force. */
function build(candidate: Candidate): Compiled {
  try {
    const built = candidate.build()
    if (built.kind !== 'usable') return built
    return { ...built, authorizer: compile(built, candidate.version) }
  } catch (error) {
    const hint = 'The version that runs stays in force; report this with the inputs.'
    const message = `the version cannot be made: ${describe(error)}`
    return { kind: 'broken', diagnostics: [diagnostic('SC0801', message, hint)] }
  }
}

/** Compiles the policies of the most likely workload, so that what fails fails now. */
function compile({ settings }: Usable, version: string): Authorizer {
  const authorizer = createAuthorizer({ ...settings, version })
  authorizer.policiesFor(authorizer.fallbackWorkload)
  return authorizer
}

function waiting({ waitingFor }: Incomplete) {
  return { waitingFor, refused: undefined }
}

function logged(diagnostics: readonly Diagnostic[]) {
  if (diagnostics.length === 0) return {}
  return { findings: diagnostics.length, diagnostics: diagnostics.slice(0, diagnosticsLogged) }
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
