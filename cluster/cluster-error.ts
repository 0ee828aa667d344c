/** What can go wrong between the service and a cluster's API. */
export type ClusterErrorCode =
  /** Nothing says where the API server is. */
  | 'not-in-a-cluster'
  /** The token or the authorities cannot be read. */
  | 'no-credentials'
  /** There is no connection, or no answer in time. */
  | 'unreachable'
  /** 401: the token does not count. */
  | 'unauthenticated'
  /** 403: the service account may not. */
  | 'forbidden'
  /** 404: the cluster knows no AuthorizationPolicy. */
  | 'no-such-resource'
  /** 410: the asked-for state is too old; it must be listed anew. */
  | 'gone'
  /** Any other answer than the asked-for. */
  | 'failed'
  /** The answer is not what the API gives. */
  | 'malformed'
  /** There is more than is held in memory. */
  | 'too-large'

/** The error of a cluster's API: what is wrong, and the mend. It never holds the token. */
export class ClusterError extends Error {
  override readonly name = 'ClusterError'
  constructor(
    readonly code: ClusterErrorCode,
    message: string,
    readonly hint: string,
  ) {
    super(printable(message))
  }
}

/** A server's words end up in logs and on terminals. */
function printable(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it is about
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ').slice(0, 300)
}
