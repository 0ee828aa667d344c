/** Which policies are read, and how the API is reached. */
export interface ClusterSettings {
  /** Each once; or all. */
  readonly namespaces: readonly string[] | 'all'
  /** The URL of the API server; undefined: what a pod is told of its cluster. */
  readonly server?: string | undefined
  /** With `server`: the file of the bearer token; undefined: none is sent. */
  readonly tokenFile?: string | undefined
  /** With `server`: the file of the authorities, PEM; undefined: those of Node.js. */
  readonly caFile?: string | undefined
}
