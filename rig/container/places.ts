import type { Address } from '../client-sidecar.js'

/** Where the parts of the rig find each other when each runs by itself. */
export interface PartPlaces {
  /** The authorization server, for its own sidecar alone. */
  readonly authorizationServer: string
  /** The ext_authz service, for that sidecar alone. */
  readonly service: string
  /** Where the server's sidecar listens. */
  readonly serverSidecar: string
  /** Where the clients' sidecars find it. */
  readonly server: Address
  /** Where a client's sidecar listens for its workload. */
  readonly clientSidecar: Address
}

/**
 * The places in the containers of docker-compose.yml. The authorization server, its sidecar and
 * the service share one network namespace, as the containers of a pod do.
 */
export const containerPlaces: PartPlaces = {
  authorizationServer: '127.0.0.1:3000',
  service: '127.0.0.1:9191',
  serverSidecar: '0.0.0.0:9443',
  server: { address: 'authorization-server', port: 9443 },
  clientSidecar: { address: '0.0.0.0', port: 8080 },
}
