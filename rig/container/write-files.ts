import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { forwardings } from '../../config/index.js'
import { clientSidecar } from '../client-sidecar.js'
import { generateSidecar } from '../generated-sidecar.js'
import {
  certificateHeader,
  type Identities,
  issueIdentities,
  spiffeIdOf,
  writeConfiguration,
} from '../mesh.js'
import { type Caller, callers, headerValueOf } from '../system.js'
import type { PartPlaces } from './places.js'

/** The file that is written last, and holds the header to forge with. */
export const lastFile = 'forged.header'

/**
 * Writes every file that the containers of docker-compose.yml read, by the code that the demo runs:
 * the SVIDs of a throwaway authority, sidecert.yaml, what sidecert generates from it for the
 * server's sidecar, the configuration of each client's sidecar, and a header to forge with.
 *
 * @param folder - absolute, as the containers see it
 */
export async function writeFiles(folder: string, places: PartPlaces): Promise<void> {
  await mkdir(folder, { recursive: true })
  const identities = await issueIdentities()
  const configuration = await writeConfiguration(folder, identities, {
    upstream: places.authorizationServer,
    service: places.service,
    listen: places.serverSidecar,
  })
  for (const forwarding of forwardings) await generateSidecar(configuration, forwarding, folder)
  for (const caller of callers) await writeClientSidecar(folder, identities, caller, places)
  const copied = headerValueOf(identities, 'website')
  await writeFile(join(folder, lastFile), `${certificateHeader}: ${copied}\n`)
}

async function writeClientSidecar(
  folder: string,
  { svids }: Identities,
  caller: Caller,
  places: PartPlaces,
): Promise<void> {
  const [certificate, key] = [join(folder, `${caller}.pem`), join(folder, `${caller}.key`)]
  await writeFile(certificate, svids[caller].chain)
  await writeFile(key, svids[caller].key, { mode: 0o600 })
  const config = clientSidecar(
    {
      chain: { filename: certificate },
      key: { filename: key },
      trustedCa: { filename: join(folder, 'ca.pem') },
    },
    [
      {
        name: 'authorization-server',
        listen: places.clientSidecar,
        server: places.server,
        serverId: spiffeIdOf('authorizationServer'),
      },
    ],
  )
  await writeFile(join(folder, `${caller}-sidecar.json`), JSON.stringify(config, undefined, 2))
}
