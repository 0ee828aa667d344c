import { setTimeout as delay } from 'node:timers/promises'
import type { ApiServer } from './api-server.js'
import { Backoff, type BackoffTimings } from './backoff.js'
import { ClusterError } from './cluster-error.js'
import { listPolicies } from './list-policies.js'
import type { PolicyObject } from './policy-object.js'
import { watchPolicies } from './watch-policies.js'

/** What a {@link PolicyFeed} tells. */
export interface PolicyFeedListener {
  /** The policies are others than before. */
  onChange(): void
  /** Undefined: what was wrong is over. */
  onTrouble(trouble: ClusterError | undefined): void
}

/** A watch that stood this long was a good one: the next failure is the first in a row. */
const goodMilliseconds = 5_000

/**
 * Keeps a copy of the policies of one namespace, or of all, by listing and watching them.
 *
 * A watch that ends goes on where it stopped; one that is too old to go on (410) begins with a new
 * list, which replaces the copy at once. Whatever fails leaves the copy as it is.
 */
export class PolicyFeed {
  readonly #server: ApiServer
  readonly #namespace: string | undefined
  readonly #listener: PolicyFeedListener
  readonly #backoff: Backoff
  readonly #end = new AbortController()
  readonly #running: Promise<void>
  #policies: ReadonlyMap<string, PolicyObject> | undefined
  #resourceVersion: string | undefined
  #trouble: ClusterError | undefined

  /** @param namespace undefined: all of them */
  constructor(
    server: ApiServer,
    namespace: string | undefined,
    listener: PolicyFeedListener,
    timings: BackoffTimings,
  ) {
    this.#server = server
    this.#namespace = namespace
    this.#listener = listener
    this.#backoff = new Backoff(timings)
    this.#running = this.#run()
  }

  /** The copy; undefined until the first list. */
  get policies(): ReadonlyMap<string, PolicyObject> | undefined {
    return this.#policies
  }

  /** What is wrong now: the copy may be out of date. */
  get trouble(): ClusterError | undefined {
    return this.#trouble
  }

  /** Ends it. */
  async stop(): Promise<void> {
    this.#end.abort()
    await this.#running
  }

  async #run(): Promise<void> {
    const { signal } = this.#end
    while (!signal.aborted) {
      const begin = performance.now()
      const failure = await this.#listAndWatch().catch(asClusterError)
      if (signal.aborted) return
      const listed = this.#resourceVersion !== undefined
      if (failure === undefined || (failure.code === 'gone' && listed)) {
        if (performance.now() - begin > goodMilliseconds) this.#backoff.reset()
      } else this.#say(failure)
      // What could not be understood is not gone on from.
      if (failure !== undefined && failure.code !== 'unreachable') this.#resourceVersion = undefined
      await delay(this.#backoff.next(), undefined, { signal, ref: false }).catch(() => undefined)
    }
  }

  /** Ends when the watch has ended in order; throws what went wrong. */
  async #listAndWatch(): Promise<undefined> {
    const { signal } = this.#end
    const server = this.#server
    if (this.#resourceVersion === undefined) {
      const { policies, resourceVersion } = await listPolicies(server, this.#namespace, signal)
      this.#resourceVersion = resourceVersion
      this.#replace(policies)
    }
    const opened = () => this.#say(undefined)
    const version = this.#resourceVersion
    for await (const event of watchPolicies(server, this.#namespace, version, signal, opened)) {
      this.#backoff.reset()
      const next = new Map(this.#policies)
      if (event.kind === 'set') next.set(event.policy.file, event.policy)
      if (event.kind === 'delete') next.delete(event.file)
      this.#resourceVersion = event.resourceVersion
      if (event.kind !== 'bookmark') this.#replace(next)
    }
    return undefined
  }

  #replace(policies: ReadonlyMap<string, PolicyObject>): void {
    this.#policies = policies
    this.#listener.onChange()
  }

  #say(trouble: ClusterError | undefined): void {
    if (this.#end.signal.aborted) return
    const told = trouble?.code === this.#trouble?.code
    this.#trouble = trouble
    if (!told) this.#listener.onTrouble(trouble)
  }
}

function asClusterError(error: unknown): ClusterError {
  if (error instanceof ClusterError) return error
  const message = error instanceof Error ? error.message : String(error)
  return new ClusterError('failed', message, 'It is tried again; report this if it stays so.')
}
