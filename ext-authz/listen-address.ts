import { lstat, stat, unlink } from 'node:fs/promises'
import { connect, createServer } from 'node:net'
import { dirname } from 'node:path'

/** Where the service listens: a TCP port (0 takes any free one) or a unix socket's path. */
export type ListenAddress =
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number }
  | { readonly kind: 'unix'; readonly path: string }

/** The error of an address that cannot be listened on: what is wrong, and the mend. */
export class ListenError extends Error {
  override readonly name = 'ListenError'
  constructor(
    message: string,
    readonly hint: string,
  ) {
    super(message)
  }
}

/** Writes an address as gRPC names it: `host:port`, `[v6]:port` or `unix:/path`. */
export function formatListenAddress(address: ListenAddress): string {
  if (address.kind === 'unix') return `unix:${address.path}`
  return address.host.includes(':')
    ? `[${address.host}]:${address.port}`
    : `${address.host}:${address.port}`
}

/**
 * Makes sure that an address is free, because gRPC says only that binding failed and not why.
 *
 * A unix socket that a former process left behind is removed; one that answers is not, nor is
 * a file of another kind.
 *
 * @param key the setting that names the address, for the mend
 * @throws {ListenError} with the reason and the mend
 */
export async function prepareListenAddress(
  address: ListenAddress,
  key: 'service.listen' | 'service.admin' = 'service.listen',
): Promise<void> {
  if (address.kind === 'unix') {
    await checkDirectory(address.path, key)
    await removeStaleSocket(address.path, key)
  }
  await new Promise<void>((resolve, reject) => {
    const probe = createServer()
    probe.once('error', error => reject(describe(error, address, key)))
    const listening = () => probe.close(() => resolve())
    if (address.kind === 'unix') probe.listen(address.path, listening)
    else probe.listen(address.port, address.host, listening)
  })
}

/** libuv reports a missing directory as missing permission, so it is looked at beforehand. */
async function checkDirectory(path: string, key: string): Promise<void> {
  const directory = dirname(path)
  const found = await stat(directory).catch(() => undefined)
  if (found?.isDirectory()) return
  throw new ListenError(
    `the directory ${directory} does not exist`,
    `create it, or name another path in ${key}`,
  )
}

async function removeStaleSocket(path: string, key: string): Promise<void> {
  const found = await lstat(path).catch(() => undefined)
  if (found === undefined) return
  if (!found.isSocket()) {
    throw new ListenError(
      `${path} exists and is no socket`,
      `name another path in ${key}, or move the file away`,
    )
  }
  if (await answers(path)) {
    throw new ListenError(
      `another process listens on unix:${path}`,
      `stop it, or name another path in ${key}`,
    )
  }
  await unlink(path)
}

function answers(path: string): Promise<boolean> {
  return new Promise(resolve => {
    const socket = connect(path)
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}

function describe(error: Error, address: ListenAddress, key: string): ListenError {
  const where = formatListenAddress(address)
  const code = 'code' in error ? error.code : undefined
  switch (code) {
    case 'EADDRINUSE':
      return new ListenError(
        `${where} is in use by another process`,
        `stop that process, or name another address in ${key}`,
      )
    case 'EACCES':
      return new ListenError(
        `there is no permission to listen on ${where}`,
        address.kind === 'unix'
          ? 'choose a directory that this user may write to'
          : 'choose a port above 1023',
      )
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return new ListenError(
        `${where} is no address of this machine`,
        `name one of its addresses in ${key}, or 0.0.0.0 for all`,
      )
    default:
      return new ListenError(
        `cannot listen on ${where}: ${error.message}`,
        `name another address in ${key}`,
      )
  }
}
