/** The answer to a request. */
export interface Http1Answer {
  readonly status: number
  readonly body: string
}

/**
 * Reads an answer in HTTP/1.1 (RFC 9112), with a body that ends with its length, its last chunk or
 * the connection.
 *
 * @param ended - whether the connection has ended
 * @returns nothing when the bytes hold no whole answer
 */
export function parseAnswer(bytes: Buffer, ended: boolean): Http1Answer | undefined {
  const text = bytes.toString('latin1')
  const headEnd = text.indexOf('\r\n\r\n')
  const status = /^HTTP\/1\.[01] (\d{3})/.exec(text)?.[1]
  if (headEnd === -1 || status === undefined) return undefined
  const head = text.slice(0, headEnd)
  const rest = text.slice(headEnd + 4)
  // An interim answer, such as 100 Continue, comes before the answer proper.
  if (status.startsWith('1')) return parseAnswer(bytes.subarray(headEnd + 4), ended)
  const body = /^transfer-encoding:.*chunked/im.test(head)
    ? joinChunks(rest)
    : cutToLength(rest, /^content-length: *(\d+)/im.exec(head)?.[1], ended)
  return body === undefined ? undefined : { status: Number(status), body: decode(body) }
}

function joinChunks(rest: string): string | undefined {
  const size = /^([0-9a-f]+)[^\r\n]*\r\n/i.exec(rest)
  if (size?.[1] === undefined) return undefined
  const length = Number.parseInt(size[1], 16)
  if (length === 0) return ''
  const start = size[0].length
  const more = joinChunks(rest.slice(start + length + 2))
  return more === undefined ? undefined : rest.slice(start, start + length) + more
}

function cutToLength(rest: string, length: string | undefined, ended: boolean) {
  if (length === undefined) return ended ? rest : undefined
  return rest.length < Number(length) ? undefined : rest.slice(0, Number(length))
}

function decode(latin1: string): string {
  return Buffer.from(latin1, 'latin1').toString('utf8')
}
