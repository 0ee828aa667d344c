import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { stringify } from 'yaml'
import { type Authority, createAuthority, type IssuedSvid, issueSvid } from './pki.js'

/** The trust domain of the rig's mesh. */
export const trustDomain = 'example.org'

/**
 * The workloads of the rig. `website` and `reports` are OAuth clients, each in its own right, and
 * may call the authorization server; `guestbook` has a valid SVID and is named by no policy.
 */
export const workloads = {
  website: 'applications/website',
  reports: 'applications/reports',
  guestbook: 'applications/guestbook',
  authorizationServer: 'identity/oidc-provider',
} as const

/** One of the workloads. */
export type Workload = keyof typeof workloads

/** The OAuth clients and the workloads that they are. */
export const clients = [
  { clientId: 'website-client', workload: workloads.website, spiffeId: spiffeIdOf('website') },
  { clientId: 'reports-client', workload: workloads.reports, spiffeId: spiffeIdOf('reports') },
] as const

/** The header that carries the caller's certificate to the authorization server. */
export const certificateHeader = 'x-client-certificate'

/** Everybody's SVID, issued by one throwaway authority. */
export interface Identities {
  readonly authority: Authority
  readonly svids: Readonly<Record<Workload, IssuedSvid>>
}

/** The SPIFFE ID of a workload, in the form that Istio gives it. */
export function spiffeIdOf(workload: Workload): string {
  const [namespace, serviceAccount] = workloads[workload].split('/')
  return `spiffe://${trustDomain}/ns/${namespace}/sa/${serviceAccount}`
}

/** Makes the authority and issues an SVID to every workload. */
export async function issueIdentities(): Promise<Identities> {
  const authority = await createAuthority({ trustDomain })
  const names = Object.keys(workloads) as Workload[]
  const issued = await Promise.all(
    names.map(async name => [name, await issueSvid(authority, { spiffeId: spiffeIdOf(name) })]),
  )
  return { authority, svids: Object.fromEntries(issued) }
}

/** Where the parts of the rig find each other. */
export interface Places {
  /** `host:port` of the application behind the server's sidecar. */
  readonly upstream: string
  /** `host:port` or `unix:/path` of the ext_authz service. */
  readonly service: string
  /** `host:port` that the server's sidecar listens on; a free port of loopback unless said. */
  readonly listen?: string
  /** How long Envoy waits for the service; long enough for a busy machine unless said. */
  readonly timeout?: string
  /** A policy beside the one that the clients imply: an AuthorizationPolicy in YAML. */
  readonly policy?: string
}

/**
 * Writes what a user of sidecert has: `sidecert.yaml`, and the files of the server's own SVID that
 * it names.
 *
 * @returns the path of sidecert.yaml
 */
export async function writeConfiguration(
  folder: string,
  { svids }: Identities,
  places: Places,
): Promise<string> {
  const svid = svids.authorizationServer
  const tls = {
    certificate: join(folder, 'server.pem'),
    privateKey: join(folder, 'server.key'),
    trustedCa: join(folder, 'ca.pem'),
  }
  const configuration = {
    trustDomain,
    target: 'envoy',
    authorizationServer: {
      product: 'oidc-provider',
      namespace: 'identity',
      header: { name: certificateHeader, format: 'url-pem' },
    },
    clients: clients.map(({ clientId, workload }) => ({ clientId, workload })),
    ...(places.policy === undefined ? {} : { policies: ['policy.yaml'] }),
    service: {
      listen: places.service,
      admin: 'off',
      timeout: places.timeout ?? '10s',
    },
    envoy: { listen: places.listen ?? '127.0.0.1:0', upstream: places.upstream, tls },
  }
  const file = join(folder, 'sidecert.yaml')
  await mkdir(folder, { recursive: true })
  await Promise.all([
    writeFile(tls.certificate, svid.chain),
    writeFile(tls.privateKey, svid.key, { mode: 0o600 }),
    writeFile(tls.trustedCa, svid.ca),
    writeFile(file, stringify(configuration)),
    ...(places.policy === undefined ? [] : [writeFile(join(folder, 'policy.yaml'), places.policy)]),
  ])
  return file
}
