import { posix } from 'node:path'
import type { Configuration } from '../config/index.js'
import type { Json } from '../filters/index.js'
import { workloadApiCluster } from './clusters.js'

/** A file that Envoy reads a secret from (SDS), with its path as Envoy is told it. */
export interface SecretFile {
  readonly path: string
  readonly content: { readonly [key: string]: Json }
}

/** The TLS side of a listener and the files that go with it. */
export interface DownstreamTls {
  readonly transportSocket: Json
  readonly secretFiles: readonly SecretFile[]
}

const certificateName = 'sidecert_certificate'
const authoritiesName = 'sidecert_authorities'

/**
 * Makes the mutual TLS of plain Envoy.
 *
 * A client certificate is required and verified against the trusted authorities (without those Envoy
 * does not even ask for one), and must have a URI SAN of the trust domain or an alias. Sessions are
 * not resumed: Envoy would verify nothing on them, expiry included.
 *
 * Certificate and authorities come by SDS, so that a rotated SVID is taken up without a restart: from
 * the SPIFFE Workload API, or from files whose folder is watched for renames. While they are missing
 * Envoy runs and refuses every connection. The Workload API may come late; files must be there when
 * Envoy starts, because Envoy gives up on a secret that it once could not read.
 *
 * @param directory - where Envoy finds the secret files
 */
export function downstreamTls(configuration: Configuration, directory: string): DownstreamTls {
  const { trustDomain, trustDomainAliases } = configuration
  const { certificate, authorities, secretFiles } = secrets(configuration, directory)
  const transportSocket = {
    name: 'envoy.transport_sockets.tls',
    typed_config: {
      '@type': 'type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext',
      require_client_certificate: true,
      disable_stateless_session_resumption: true,
      disable_stateful_session_resumption: true,
      common_tls_context: {
        tls_params: { tls_minimum_protocol_version: 'TLSv1_2' },
        alpn_protocols: ['h2', 'http/1.1'],
        tls_certificate_sds_secret_configs: [certificate],
        combined_validation_context: {
          default_validation_context: {
            trust_chain_verification: 'VERIFY_TRUST_CHAIN',
            match_typed_subject_alt_names: [trustDomain, ...trustDomainAliases].map(name => ({
              san_type: 'URI',
              matcher: { prefix: `spiffe://${name}/` },
            })),
          },
          validation_context_sds_secret_config: authorities,
        },
      },
    },
  }
  return { transportSocket, secretFiles }
}

interface Secrets {
  readonly certificate: Json
  readonly authorities: Json
  readonly secretFiles: readonly SecretFile[]
}

function secrets({ envoy, authorizationServer, trustDomain }: Configuration, directory: string) {
  const { tls } = envoy
  if (tls.kind === 'workload-api') {
    return {
      certificate: fromWorkloadApi(authorizationServer.spiffeId),
      authorities: fromWorkloadApi(`spiffe://${trustDomain}`),
      secretFiles: [],
    } satisfies Secrets
  }
  const certificate = secretFile(directory, certificateName, {
    tls_certificate: {
      certificate_chain: { filename: tls.certificate },
      private_key: { filename: tls.privateKey },
      watched_directory: { path: folderOf(tls.certificate) },
    },
  })
  const authorities = secretFile(directory, authoritiesName, {
    validation_context: {
      trusted_ca: { filename: tls.trustedCa },
      watched_directory: { path: folderOf(tls.trustedCa) },
    },
  })
  return {
    certificate: fromFile(certificateName, certificate.path),
    authorities: fromFile(authoritiesName, authorities.path),
    secretFiles: [certificate, authorities],
  } satisfies Secrets
}

/** The names are SPIFFE IDs: SPIRE's agent answers with that SVID, and with that domain's bundle. */
function fromWorkloadApi(name: string): Json {
  return {
    name,
    sds_config: {
      resource_api_version: 'V3',
      // The listener opens without it then, and refuses every connection until it comes.
      initial_fetch_timeout: '2s',
      api_config_source: {
        api_type: 'GRPC',
        transport_api_version: 'V3',
        grpc_services: [{ envoy_grpc: { cluster_name: workloadApiCluster } }],
      },
    },
  }
}

function fromFile(name: string, path: string): Json {
  return { name, sds_config: { resource_api_version: 'V3', path_config_source: { path } } }
}

function secretFile(
  directory: string,
  name: string,
  secret: { readonly [key: string]: Json },
): SecretFile {
  return {
    path: withFolder(posix.join(directory, `${name}.yaml`)),
    content: {
      resources: [
        {
          '@type': 'type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.Secret',
          name,
          ...secret,
        },
      ],
    },
  }
}

function folderOf(path: string): string {
  return posix.dirname(withFolder(path))
}

/** Envoy refuses to watch a path without a slash. */
function withFolder(path: string): string {
  return path.includes('/') ? path : `./${path}`
}
