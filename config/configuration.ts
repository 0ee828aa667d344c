import type { Place, ServiceAccountRef, Workload } from '../policy/index.js'
import type { Address, TcpAddress } from './address.js'

/** What puts the certificate into the header: one of the three ways. */
export type Forwarding = 'lua' | 'native' | 'ext-authz'

/** The three ways, in the order in which they are generated. */
export const forwardings: readonly Forwarding[] = ['lua', 'native', 'ext-authz']

/** What configuration is generated for. */
export type Target = 'istio' | 'envoy'

/** Both targets, in the order in which they are generated. */
export const targets: readonly Target[] = ['istio', 'envoy']

/** A workload that calls the authorization server. */
export interface Caller extends ServiceAccountRef {
  /** `spiffe://<trustDomain>/ns/<namespace>/sa/<serviceAccount>`. */
  readonly spiffeId: string
}

/** An OAuth client that authenticates by its SVID. */
export interface Client extends Caller {
  readonly clientId: string
  readonly type?: string
  readonly image: string
  /** The port that its container listens on. */
  readonly port: number
  readonly grants: readonly Grant[]
  readonly redirectUris: readonly string[]
  readonly scopes: readonly string[]
  readonly audience?: string
}

/** A grant of OAuth by which a client gets its tokens. */
export type Grant = 'authorization-code' | 'client-credentials'

/** A gateway in front of the authorization server. */
export interface Gateway extends Caller {
  readonly product: 'istio' | 'kong' | 'nginx' | 'other'
  /** Labels of its pods. */
  readonly labels: Readonly<Record<string, string>>
  /** The host name under which it serves the authorization server. */
  readonly host?: string
  /** The port on which its container takes mutual TLS. */
  readonly port: number
}

/** What only the Curity Identity Server has. */
export interface CuritySettings {
  readonly mutualTls: 'by-proxy' | 'direct'
  readonly directPort: number
  readonly trustStore: 'parameterized' | 'literal'
  readonly tokenProcedures: 'off' | 'files' | 'inline'
  readonly tokenService: string
  readonly tokenEndpoint: string
  readonly serviceRole: string
  readonly version?: string
  readonly admin: {
    readonly serviceAccount: string
    readonly labels: Readonly<Record<string, string>>
    readonly spiffeId: string
  }
}

/** The Istio mesh that the authorization server is in. */
export interface Mesh {
  readonly mode: 'sidecar' | 'gateway' | 'waypoint' | 'ambient'
  readonly istioVersion: string
  readonly placement: 'filter' | 'custom'
  readonly xfcc: boolean
}

/** The OAuth server, with every name that follows from its product and release. */
export interface AuthorizationServer extends Caller {
  readonly product: 'curity' | 'keycloak' | 'oidc-provider' | 'custom'
  /** The Helm release, for Curity. */
  readonly release?: string
  /** What its names begin with, such as `curity-idsvr`. */
  readonly name: string
  /** Its Kubernetes Service, such as `curity-idsvr-runtime-svc`. */
  readonly serviceName: string
  /** The DNS name of that Service. */
  readonly host: string
  /** The container's port. */
  readonly port: number
  /** Labels of its pods: the workload selector. */
  readonly labels: Readonly<Record<string, string>>
  /** What clients and APIs may call: paths of an AuthorizationPolicy. */
  readonly paths: readonly string[]
  readonly header: {
    /** In lower case. */
    readonly name: string
    readonly format: 'url-pem'
  }
  /** For Curity. */
  readonly curity?: CuritySettings
}

/** The ext_authz service. */
export interface Service {
  readonly name: string
  readonly namespace: string
  /** The DNS name of its Kubernetes Service. */
  readonly host: string
  readonly listen: Address
  /** Undefined: off. */
  readonly admin: Address | undefined
  readonly timeoutMilliseconds: number
  readonly whenNoPolicy: 'deny' | 'allow'
  /** Denials are written down and not enforced. */
  readonly dryRun: boolean
  /** The workload of requests whose filter names none. */
  readonly workload: Workload
  /** What runs it in Kubernetes. */
  readonly deployment: 'deployment' | 'daemonset' | 'container'
  /** Undefined: the image of this version. */
  readonly image: string | undefined
}

/** The AuthorizationPolicy objects of a running cluster, and how its API is reached. */
export interface ClusterSource {
  /** Sorted, each once, the root namespace among them; or all. */
  readonly namespaces: readonly string[] | 'all'
  /** Undefined: what a pod is told of its cluster, its service account's token and authorities. */
  readonly server: string | undefined
  /** Relative to the working directory, as `caFile` is. */
  readonly tokenFile: string | undefined
  readonly caFile: string | undefined
}

/** Where plain Envoy has its certificate from: files, or the SPIFFE Workload API over a socket. */
export type EnvoyTls =
  | { readonly kind: 'workload-api'; readonly socket: string }
  | {
      readonly kind: 'files'
      readonly certificate: string
      readonly privateKey: string
      readonly trustedCa: string
    }

/** Plain Envoy in front of the server. */
export interface PlainEnvoy {
  readonly version: string
  readonly listen: TcpAddress
  readonly upstream: Address
  readonly service: Address
  /** Undefined: off. */
  readonly admin: TcpAddress | undefined
  /** Where the generated files lie when Envoy reads them; undefined: where they are written to. */
  readonly directory: string | undefined
  readonly tls: EnvoyTls
}

/** sidecert.yaml with every default applied and every name derived. */
export interface Configuration {
  /** The file's name as it was given. */
  readonly file: string
  readonly trustDomain: string
  readonly trustDomainAliases: readonly string[]
  readonly rootNamespace: string
  readonly clusterDomain: string
  readonly targets: readonly Target[]
  readonly forwarding: Forwarding
  readonly authorizationServer: AuthorizationServer
  readonly gateways: readonly Gateway[]
  readonly clients: readonly Client[]
  readonly apis: readonly Caller[]
  /** Patterns of policy files, relative to the file's directory, each with its place in it. */
  readonly policies: readonly { readonly pattern: string; readonly place: Place }[]
  /** Undefined: the service has its policies from files. */
  readonly cluster: ClusterSource | undefined
  /** `file` is relative to the working directory, as `file` of the configuration is. */
  readonly trustBundles: readonly { readonly trustDomain: string; readonly file: string }[]
  readonly service: Service
  readonly mesh: Mesh
  readonly envoy: PlainEnvoy
}
