import { z } from 'zod'
import { curity } from './curity-schema.js'
import { mesh } from './mesh-schema.js'
import * as form from './text-forms.js'

const port = z.int().min(1).max(65535)

const authorizationServer = z.strictObject({
  product: z
    .enum(['curity', 'keycloak', 'oidc-provider', 'custom'])
    .default('curity')
    .describe('The authorization server. Names, labels and endpoints follow from it.'),
  namespace: form.namespaceName.default('curity').describe('The Kubernetes namespace it runs in.'),
  release: form.releaseName
    .optional()
    .describe('Curity: the Helm release, from which the chart makes its names. Default: curity.'),
  name: form.resourceName
    .optional()
    .describe(
      'What its names begin with (Helm: fullnameOverride). Default: for Curity what the chart makes of the release, else the product.',
    ),
  labels: form.labels
    .refine(labels => Object.keys(labels).length > 0, {
      error: 'selects every workload of the namespace',
      params: { hint: 'Name at least one label of the pods, or remove the key.' },
    })
    .optional()
    .describe('Labels of its pods. Default: for Curity role: <name>-runtime, else app: <name>.'),
  serviceAccount: form.serviceAccountName
    .optional()
    .describe('Its own service account. Default: for Curity <name>-runtime, else <name>.')
    .meta({ examples: ['curity-idsvr-runtime'] }),
  port: port
    .default(8443)
    .describe('The port its container listens on for OAuth requests, without TLS of its own.'),
  paths: z
    .array(form.pathPattern)
    .min(1)
    .optional()
    .describe('The paths clients and APIs may call. Default: the OAuth endpoints of the product.'),
  header: z
    .strictObject({
      name: form.headerName
        .default('x-client-certificate')
        .describe('The request header that carries the certificate.'),
      format: z
        .enum(['url-pem'])
        .default('url-pem')
        .describe('How the certificate is written in it: url-pem is percent-encoded PEM.'),
    })
    .prefault({})
    .describe('The header that the server reads the certificate from.'),
  curity: curity.optional().describe('What only Curity has.'),
})

const workload = form.workloadName.describe(
  'namespace/service-account; its SPIFFE ID is spiffe://<trustDomain>/ns/<namespace>/sa/<service-account>.',
)

const client = z.strictObject({
  clientId: form.clientId.describe('The client_id that it sends.'),
  workload,
  type: form.clientType
    .optional()
    .describe("The client's property client-type, which token procedures may look at."),
  image: form.image.optional().describe('Its image. Default: <service-account>:v1.'),
  port: port
    .default(80)
    .describe('The port that its container listens on; its Service has port 80.'),
  grants: z
    .array(z.enum(['authorization-code', 'client-credentials']))
    .min(1)
    .optional()
    .describe(
      'The grants it may use. Default: authorization-code with redirectUris, else client-credentials.',
    ),
  redirectUris: z.array(form.redirectUri).default([]).describe('Where users are sent back to.'),
  scopes: z.array(form.scope).default([]).describe('The scopes that it may ask for.'),
  audience: form.audience.optional().describe('The audience of its access tokens.'),
})

const gateway = z.strictObject({
  workload,
  product: z
    .enum(['istio', 'kong', 'nginx', 'other'])
    .default('istio')
    .describe('What kind of gateway: some must be told to call the Service and not its pods.'),
  labels: form.labels
    .optional()
    .describe("Labels of its pods. Default: as Istio's Helm chart makes them."),
  host: form.domainName.optional().describe('The host name under which it serves the server.'),
  port: port
    .default(443)
    .describe('With mesh.mode gateway: the port on which its container takes mutual TLS.'),
})

const service = z.strictObject({
  name: form.resourceName
    .default('sidecert')
    .describe('Its Kubernetes Service.')
    .meta({ examples: ['sidecert'] }),
  namespace: form.namespaceName
    .optional()
    .describe("The namespace of that Service. Default: the authorization server's."),
  listen: form.listenAddress
    .default('0.0.0.0:9191')
    .describe('Where it listens for Envoy: host:port, [IPv6]:port or unix:/path.'),
  admin: form
    .orOff(form.listenAddress, '127.0.0.1:9192')
    .default('127.0.0.1:9192')
    .describe('Where it serves /healthz and /readyz; or off.'),
  timeout: form.duration
    .default('1s')
    .describe('How long Envoy waits for a decision before it answers 503.'),
  whenNoPolicy: z
    .enum(['deny', 'allow'])
    .default('deny')
    .describe('What holds for a workload that no ALLOW policy selects; Istio allows.'),
  dryRun: z
    .boolean()
    .default(false)
    .describe('Write denials down and let the requests pass; the header rules hold all the same.'),
  workload: z
    .strictObject({
      namespace: form.namespaceName.describe('The namespace of the workload.'),
      labels: form.labels.default({}).describe('The labels of its pods.'),
    })
    .optional()
    .describe(
      'The workload of requests whose filter names none. Default: the authorization server.',
    ),
  deployment: z
    .enum(['deployment', 'daemonset', 'container'])
    .default('deployment')
    .describe(
      "What runs it in Kubernetes: pods of its own, one pod a node, or a second container in the authorization server's pods, reached over the socket of listen.",
    ),
  image: form.imageName
    .optional()
    .describe('Its container image. Default: sidecert with the version of this package as tag.'),
})

const cluster = z.strictObject({
  namespaces: z
    .array(form.namespaceOrAll)
    .min(1)
    .optional()
    .describe(
      'The namespaces whose AuthorizationPolicies are read beside those of rootNamespace, or "*" for all. Default: that of service.workload.',
    ),
  server: form.apiServer
    .optional()
    .describe('The Kubernetes API server. Default: in a pod, that of its cluster.'),
  tokenFile: form.filePath
    .optional()
    .describe("The file of the bearer token. Default, without server: the pod's service account's.")
    .meta({ examples: ['secrets/token'] }),
  caFile: form.filePath
    .optional()
    .describe(
      "The authorities that the API server's certificate is verified by, PEM. Default, without server: the pod's service account's.",
    )
    .meta({ examples: ['secrets/ca.pem'] }),
})

const tls = z.strictObject({
  workloadApi: form.socketAddress
    .optional()
    .describe(
      'Socket of the SPIFFE Workload API (SPIRE Agent) that Envoy takes its SVID from. Default, without files: unix:/run/spire/sockets/agent.sock.',
    ),
  certificate: form.filePath
    .optional()
    .describe("Instead: the file of Envoy's own certificate chain, PEM, as Envoy sees it.")
    .meta({ examples: ['/etc/envoy/tls/tls.crt'] }),
  privateKey: form.filePath
    .optional()
    .describe('The file of its private key, PEM.')
    .meta({ examples: ['/etc/envoy/tls/tls.key'] }),
  trustedCa: form.filePath
    .optional()
    .describe('The file of the certificate authorities that callers are verified by, PEM.')
    .meta({ examples: ['/etc/envoy/tls/ca.crt'] }),
})

const envoy = z.strictObject({
  version: form.version.default('1.40').describe('The version of plain Envoy. At least 1.36.'),
  listen: form.envoyListenAddress
    .default('0.0.0.0:9443')
    .describe('Where Envoy takes mutual TLS from callers.'),
  upstream: form.targetAddress
    .optional()
    .describe(
      'The authorization server behind it, plain HTTP. Nobody but Envoy may reach it. Default: 127.0.0.1 and its port.',
    ),
  service: form.targetAddress
    .optional()
    .describe('Where Envoy reaches the ext_authz service. Default: from service.listen.')
    .meta({ examples: ['127.0.0.1:9191', 'unix:/run/sidecert.sock'] }),
  admin: form
    .orOff(form.envoyListenAddress, '127.0.0.1:9901')
    .default('off')
    .describe("Envoy's own administration, which can stop it and shows its configuration; or off."),
  directory: form.filePath
    .optional()
    .describe(
      'Where the generated files lie when Envoy reads them. Default: where they are written to.',
    )
    .meta({ examples: ['/etc/envoy/sidecert'] }),
  tls: tls.prefault({}).describe("Envoy's own certificate and the authorities it trusts."),
})

/**
 * The one schema of sidecert.yaml: checks, defaults, types and JSON Schema all come from it.
 *
 * It says what every key may hold. What keys must not say together is `contradictions.ts`.
 */
export const configurationSchema = z.strictObject({
  trustDomain: form.trustDomain
    .default('cluster.local')
    .describe('The trust domain of the mesh: meshConfig.trustDomain.'),
  trustDomainAliases: z
    .array(form.trustDomain)
    .default([])
    .describe('Other names of the same trust domain: meshConfig.trustDomainAliases.'),
  rootNamespace: form.namespaceName
    .default('istio-system')
    .describe('The namespace whose policies apply to every namespace: meshConfig.rootNamespace.')
    .meta({ examples: ['istio-system'] }),
  clusterDomain: form.domainName
    .default('cluster.local')
    .describe('The DNS domain of the Kubernetes cluster.'),
  target: z
    .enum(['istio', 'envoy', 'all'])
    .default('all')
    .describe('What is generated: for Istio, for plain Envoy, or both.'),
  forwarding: z
    .enum(['lua', 'native', 'ext-authz'])
    .default('ext-authz')
    .describe('What puts the certificate into the header.'),
  authorizationServer: authorizationServer.prefault({}).describe('The OAuth server.'),
  gateways: z
    .array(gateway)
    .default([])
    .describe('Gateways, which may call every path of the server.'),
  clients: z
    .array(client)
    .default([])
    .describe('OAuth clients, which authenticate by their SVID and may call the OAuth endpoints.'),
  apis: z
    .array(z.strictObject({ workload }))
    .default([])
    .describe('APIs, which may call the OAuth endpoints: introspection, keys, token exchange.'),
  policies: z
    .array(form.filePath)
    .default([])
    .describe('AuthorizationPolicy files: paths or patterns relative to this file.'),
  policiesFrom: z
    .enum(['files', 'cluster'])
    .default('files')
    .describe(
      'Where the service has its policies from: the files of policies, or the AuthorizationPolicy objects of a running cluster.',
    ),
  cluster: cluster
    .optional()
    .describe('With policiesFrom: cluster, where and what is read. Default: what a pod needs.'),
  trustBundles: z
    .array(
      z.strictObject({
        trustDomain: form.trustDomain.describe('The trust domain.'),
        file: form.filePath
          .describe('Its authorities: PEM or SPIFFE bundle JSON.')
          .meta({ examples: ['bundles/curitydemo.pem'] }),
      }),
    )
    .default([])
    .describe('Authorities that the service verifies SVIDs by once more, one file a trust domain.'),
  service: service.prefault({}).describe('The ext_authz service.'),
  mesh: mesh.prefault({}).describe('The Istio mesh.'),
  envoy: envoy.prefault({}).describe('Plain Envoy in front of the server, without a mesh.'),
})

/** sidecert.yaml as it is written, after defaults of single keys and before names are derived. */
export type ConfigurationInput = z.output<typeof configurationSchema>

/** Makes the JSON Schema (draft 2020-12) of sidecert.yaml, for editors. */
export function configurationJsonSchema(): Readonly<Record<string, unknown>> {
  return z.toJSONSchema(configurationSchema, { io: 'input' })
}
