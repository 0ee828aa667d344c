import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'

/** An AuthorizationPolicy as a test writes it. */
export interface FakePolicy {
  readonly namespace: string
  readonly name: string
  readonly spec?: unknown
  readonly annotations?: Readonly<Record<string, string>>
}

interface Change {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'
  readonly namespace: string
  readonly version: number
  readonly object: object
}

interface Watcher {
  readonly namespace: string | undefined
  readonly response: ServerResponse
}

/** How a {@link FakeApiServer} is started. */
export interface FakeApiServerOptions {
  /** PEM; without it, it speaks plain HTTP. */
  readonly tls?: { readonly key: string; readonly cert: string }
  /** The token that is accepted; without it, none is asked for. */
  readonly token?: string
  /** The most that it puts on a page, whatever the client's limit. */
  readonly pageSize?: number
}

const prefix = '/apis/security.istio.io/v1'

/**
 * What a Kubernetes API server does for one kind of resource: lists in pages, watches with replay of
 * what was missed, bookmarks, 410 for what it has forgotten, and 401.
 */
export class FakeApiServer {
  readonly #server: Server
  readonly #watchers = new Set<Watcher>()
  readonly #objects = new Map<string, { readonly namespace: string; readonly object: object }>()
  #changes: Change[] = []
  #version = 1000
  #forgotten = 0
  /** The token that is accepted. */
  token: string | undefined
  /** The most that a page has. */
  pageSize: number
  /** How a watch from a forgotten version is refused: both are seen in the wild. */
  goneAs: 'status' | 'event' = 'event'
  /** Called before anything else; true when it has answered. */
  intercept: ((request: IncomingMessage, response: ServerResponse) => boolean) | undefined
  /** Every request that came, as path and query. */
  readonly requests: URL[] = []

  private constructor({ tls, token, pageSize = 500 }: FakeApiServerOptions) {
    this.token = token
    this.pageSize = pageSize
    const answer = (request: IncomingMessage, response: ServerResponse) =>
      this.#answer(request, response)
    this.#server = tls === undefined ? createServer(answer) : createTlsServer(tls, answer)
  }

  /** Starts one on a free port of the loopback, or on the one that is given. */
  static async start(options: FakeApiServerOptions = {}, port = 0): Promise<FakeApiServer> {
    const fake = new FakeApiServer(options)
    await new Promise<void>(resolve => fake.#server.listen(port, '127.0.0.1', resolve))
    return fake
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  /** Without its scheme. */
  get host(): string {
    return `127.0.0.1:${this.port}`
  }

  get watches(): number {
    return this.#watchers.size
  }

  get lists(): number {
    return this.requests.filter(({ searchParams }) => !searchParams.has('watch')).length
  }

  /** Creates or replaces a policy. */
  apply(policy: FakePolicy): void {
    const { namespace, name, spec, annotations } = policy
    const key = `${namespace}/${name}`
    const type = this.#objects.has(key) ? 'MODIFIED' : 'ADDED'
    const version = ++this.#version
    const object = {
      apiVersion: 'security.istio.io/v1',
      kind: 'AuthorizationPolicy',
      metadata: {
        name,
        namespace,
        annotations,
        resourceVersion: String(version),
        uid: `uid-${key}`,
        generation: 1,
        creationTimestamp: '2030-01-01T00:00:00Z',
        managedFields: [{ manager: 'kubectl', operation: 'Apply' }],
      },
      spec,
      status: { observedGeneration: version },
    }
    this.#objects.set(key, { namespace, object })
    this.#tell({ type, namespace, version, object })
  }

  /** Deletes a policy. */
  delete(namespace: string, name: string): void {
    const key = `${namespace}/${name}`
    const found = this.#objects.get(key)
    if (found === undefined) throw new Error(`there is no ${key}`)
    this.#objects.delete(key)
    const version = ++this.#version
    const metadata = { name, namespace, resourceVersion: String(version) }
    const object = { ...found.object, metadata }
    this.#tell({ type: 'DELETED', namespace, version, object })
  }

  /** Tells all watches how far they are, though nothing that they see has changed. */
  bookmark(): void {
    this.#version += 10
    const metadata = { resourceVersion: String(this.#version) }
    for (const { response } of this.#watchers) {
      const object = { kind: 'AuthorizationPolicy', apiVersion: 'security.istio.io/v1', metadata }
      response.write(`${JSON.stringify({ type: 'BOOKMARK', object })}\n`)
    }
  }

  /** Forgets how things came to be: nobody can go on from an earlier version. */
  compact(): void {
    this.#forgotten = ++this.#version
    this.#changes = []
  }

  /** Ends all watches in order, as the server does after `timeoutSeconds`. */
  endWatches(): void {
    for (const { response } of this.#watchers) response.end()
    this.#watchers.clear()
  }

  /** Breaks all connections. */
  disconnect(): void {
    this.#server.closeAllConnections()
    this.#watchers.clear()
  }

  /** Writes bytes into all watches. */
  write(bytes: string | Buffer): void {
    for (const { response } of this.#watchers) response.write(bytes)
  }

  async stop(): Promise<void> {
    await new Promise<void>(resolve => {
      this.#server.close(() => resolve())
      this.#server.closeAllConnections()
    })
  }

  #tell(change: Change): void {
    this.#changes.push(change)
    for (const watcher of this.#watchers) send(watcher, change)
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(request.url ?? '', 'http://api')
    this.requests.push(url)
    if (this.intercept?.(request, response)) return
    if (this.token !== undefined && request.headers.authorization !== `Bearer ${this.token}`) {
      status(response, 401, 'Unauthorized')
      return
    }
    const match = /^(?:\/namespaces\/([^/]+))?\/authorizationpolicies$/.exec(
      url.pathname.slice(prefix.length),
    )
    if (!url.pathname.startsWith(prefix) || match === null) {
      status(response, 404, 'the server could not find the requested resource')
      return
    }
    if (url.searchParams.has('watch')) this.#watch(url, match[1], response)
    else this.#list(url, match[1], response)
  }

  #list({ searchParams }: URL, namespace: string | undefined, response: ServerResponse): void {
    const [version = this.#version, from = 0] = (searchParams.get('continue') ?? '')
      .split('-')
      .filter(Boolean)
      .map(Number)
    if (version <= this.#forgotten && searchParams.has('continue')) {
      status(response, 410, 'The provided continue parameter is too old')
      return
    }
    const all = [...this.#objects.values()]
      .filter(object => namespace === undefined || object.namespace === namespace)
      .map(({ object }) => object)
    const size = Math.min(this.pageSize, Number(searchParams.get('limit') ?? Infinity))
    const next = from + size < all.length ? `${version}-${from + size}` : undefined
    json(response, 200, {
      apiVersion: 'security.istio.io/v1',
      kind: 'AuthorizationPolicyList',
      metadata: { resourceVersion: String(version), continue: next },
      items: all.slice(from, from + size),
    })
  }

  #watch({ searchParams }: URL, namespace: string | undefined, response: ServerResponse): void {
    const since = Number(searchParams.get('resourceVersion'))
    const gone = { kind: 'Status', code: 410, reason: 'Expired', message: 'too old' }
    if (since < this.#forgotten && this.goneAs === 'status') {
      json(response, 410, gone)
      return
    }
    response.writeHead(200, { 'content-type': 'application/json' })
    response.flushHeaders()
    if (since < this.#forgotten) {
      response.end(`${JSON.stringify({ type: 'ERROR', object: gone })}\n`)
      return
    }
    const watcher = { namespace, response }
    for (const change of this.#changes) if (change.version > since) send(watcher, change)
    this.#watchers.add(watcher)
    response.once('close', () => this.#watchers.delete(watcher))
  }
}

function send({ namespace, response }: Watcher, change: Change): void {
  if (namespace !== undefined && namespace !== change.namespace) return
  response.write(`${JSON.stringify({ type: change.type, object: change.object })}\n`)
}

function status(response: ServerResponse, code: number, message: string): void {
  json(response, code, { kind: 'Status', status: 'Failure', code, message })
}

function json(response: ServerResponse, code: number, body: object): void {
  response.writeHead(code, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}
