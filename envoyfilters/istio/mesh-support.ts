import type { Configuration, Forwarding, Target } from '../../config/index.js'
import { type Diagnostic, diagnostic } from '../../policy/index.js'

/** The first Envoy that can strip a header in every spelling, and the first Istio that has it. */
const oldest = { envoy: '1.36', istio: '1.28' } as const

/**
 * Tells why a mesh cannot forward the certificate as sidecert.yaml asks, each time with the nearest
 * thing that works.
 */
export function meshSupport(
  configuration: Configuration,
  targets: readonly Target[],
  forwardings: readonly Forwarding[],
): readonly Diagnostic[] {
  return [
    ...(targets.includes('envoy') ? plainEnvoy(configuration) : []),
    ...(targets.includes('istio')
      ? [
          ...version(configuration),
          ...mode(configuration),
          ...placement(configuration, forwardings),
        ]
      : []),
  ]
}

function plainEnvoy({ envoy }: Configuration): readonly Diagnostic[] {
  if (!isBefore(envoy.version, oldest.envoy)) return []
  return [tooOld(`Envoy ${envoy.version}`, `Run Envoy ${oldest.envoy} or later.`)]
}

function version({ mesh: { istioVersion } }: Configuration): readonly Diagnostic[] {
  if (!isBefore(istioVersion, oldest.istio)) return []
  const hint = `Run Istio ${oldest.istio} or later, which has Envoy ${oldest.envoy}; gateways and sidecars alike.`
  return [tooOld(`the Envoy of Istio ${istioVersion}`, hint)]
}

function tooOld(what: string, hint: string): Diagnostic {
  const lack = 'has no remove_on_match, so a forged header would pass in another spelling'
  return diagnostic('SC0304', `${what} ${lack}`, hint)
}

function mode(configuration: Configuration): readonly Diagnostic[] {
  const { mesh, authorizationServer, gateways } = configuration
  const directly =
    authorizationServer.curity === undefined
      ? 'Let the server end the mutual TLS of clients itself'
      : 'Set authorizationServer.curity.mutualTls to direct, so that the server ends mutual TLS itself'
  if (mesh.mode === 'ambient') {
    return [
      diagnostic(
        'SC0303',
        'in an ambient mesh no HTTP filter stands between client and server: ztunnel passes on bytes, without any certificate',
        `${directly}; or give server and clients sidecars and set mesh.mode to sidecar.`,
      ),
    ]
  }
  if (mesh.mode === 'waypoint') {
    return [
      diagnostic(
        'SC0303',
        "a waypoint has no certificate to forward: the client's mutual TLS ends before its HTTP filters, which see a connection without TLS",
        `${directly}; or give server and clients sidecars and set mesh.mode to sidecar. Who needs the name of the caller alone has it in x-forwarded-client-cert, by ambient.istio.io/xfcc-include-client-identity: "true".`,
      ),
    ]
  }
  const istio = gateways.filter(({ product }) => product === 'istio')
  if (mesh.mode === 'gateway' && istio.length !== 1) {
    return [
      diagnostic(
        'SC0305',
        `mesh.mode is gateway, and sidecert.yaml names ${istio.length} gateways of Istio`,
        "Name the one that takes the clients' mutual TLS, or set mesh.mode to sidecar.",
      ),
    ]
  }
  return []
}

function placement(
  { mesh, service }: Configuration,
  forwardings: readonly Forwarding[],
): readonly Diagnostic[] {
  if (mesh.placement === 'filter') return []
  if (mesh.mode === 'gateway') {
    return [
      diagnostic(
        'SC0305',
        'mesh.placement custom is for the sidecar of the server, and mesh.mode is gateway',
        'Set mesh.placement to filter.',
      ),
    ]
  }
  if (service.listen.kind === 'unix') {
    return [
      diagnostic(
        'SC0305',
        'mesh.placement custom calls the service by the port of its Kubernetes Service, and service.listen is a socket',
        'Set service.listen to an address with a port, or mesh.placement to filter.',
      ),
    ]
  }
  if (forwardings.every(forwarding => forwarding !== 'ext-authz')) {
    return [
      diagnostic(
        'SC0305',
        'mesh.placement custom is a way to ask the ext_authz service, and forwarding takes another way',
        'Set forwarding to ext-authz, or mesh.placement to filter.',
      ),
    ]
  }
  return []
}

/** Compares major and minor, which is what features come with. */
function isBefore(version: string, least: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  const [leastMajor = 0, leastMinor = 0] = least.split('.').map(Number)
  return major < leastMajor || (major === leastMajor && minor < leastMinor)
}
