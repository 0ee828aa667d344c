import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { parseAddress } from '../../config/index.js'
import { authorizationServer } from '../authorization-server.js'
import { Lifetime } from '../lifetime.js'
import { certificateHeader, clients } from '../mesh.js'
import { closeServer } from '../upstream.js'

const [folder, listen] = process.argv.slice(2)
const address = listen === undefined ? undefined : parseAddress(listen)
if (folder === undefined || address === undefined) {
  process.stderr.write('usage: node dist/rig/container/authorization-server.js FOLDER ADDRESS\n')
  process.exitCode = 2
} else {
  const answer = authorizationServer({
    clients,
    headerName: certificateHeader,
    trustedCa: await readFile(join(folder, 'ca.pem'), 'utf8'),
    reading: 'careful',
  })
  const server = createServer(answer)
  const lifetime = new Lifetime()
  lifetime.add(() => closeServer(server, () => server.closeAllConnections()))
  lifetime.endOnSignals()
  server.listen(address.kind === 'unix' ? { path: address.path } : address, () =>
    process.stdout.write(`the authorization server listens on ${listen}\n`),
  )
}
