import type { Readable } from 'node:stream'
import { ClusterError } from './cluster-error.js'

/**
 * Reads a stream to its end as one JSON value.
 *
 * @param maximumLength in bytes
 * @throws {ClusterError} `too-large`, `malformed`, or `unreachable` when the stream breaks off
 */
export async function readJson(stream: Readable, maximumLength: number): Promise<unknown> {
  const chunks: Buffer[] = []
  let length = 0
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      length += chunk.length
      if (length > maximumLength) break
      chunks.push(chunk)
    }
  } catch (error) {
    throw brokenOff(error)
  }
  if (length > maximumLength) {
    throw new ClusterError(
      'too-large',
      `an answer of the API server is larger than ${maximumLength} bytes`,
      'Read fewer namespaces, or make the policies smaller.',
    )
  }
  return parseJson(Buffer.concat(chunks).toString('utf8'))
}

/** @throws {ClusterError} `malformed` */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw malformed('an answer of the API server is no JSON')
  }
}

/** The error of an answer that is not what the API gives. */
export function malformed(message: string): ClusterError {
  const hint = 'See whether cluster.server names a Kubernetes API server.'
  return new ClusterError('malformed', message, hint)
}

/** The error of an answer that ends before its end. */
export function brokenOff(error: unknown): ClusterError {
  const reason = error instanceof Error ? error.message : String(error)
  return new ClusterError(
    'unreachable',
    `the API server's answer broke off: ${reason}`,
    'It is asked again.',
  )
}
