import { connect } from 'node:net'
import { fileURLToPath } from 'node:url'
import { startChild, waitUntilReady } from './child.js'
import type { Lifetime } from './lifetime.js'

/**
 * Starts the ext_authz service as a user does, `sidecert serve -c FILE`, and waits until it takes
 * connections on its socket.
 *
 * @throws RigError `process-not-ready`, with the end of what it wrote
 */
export async function startService(
  lifetime: Lifetime,
  configurationFile: string,
  socket: string,
): Promise<void> {
  const cli = fileURLToPath(new URL('../cli/main.js', import.meta.url))
  const service = startChild({
    name: 'the ext_authz service',
    command: process.execPath,
    args: [cli, 'serve', '-c', configurationFile],
  })
  lifetime.add(service.stop)
  await waitUntilReady(service, () => takesConnections(socket))
}

function takesConnections(socket: string): Promise<boolean> {
  return new Promise(resolve => {
    const connection = connect(socket)
    connection.once('connect', () => resolve(true))
    connection.once('error', () => resolve(false))
    connection.once('connect', () => connection.destroy())
  })
}
