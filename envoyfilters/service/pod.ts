import type { Configuration } from '../../config/index.js'
import type { Json } from '../../filters/index.js'
import { selectorLabels } from './labels.js'
import { mountedMain, mountPath, type ServiceFiles } from './service-files.js'
import type { ServiceSettings } from './settings.js'

type Part = { readonly [key: string]: Json }

/** The name under which gRPC health reports on the service: that of its own protocol. */
const healthService = 'envoy.service.auth.v3.Authorization'

/** The user of the image, who owns nothing in it. */
export const user = 65_532

/**
 * Seconds in which the callers' sidecars learn that a pod is going, before it is told to stop. It
 * answers all the while.
 */
const announceSeconds = 5

/** Seconds for the calls that are under way then, the sidecar's share included. */
const drainSeconds = 10

/**
 * Makes the template of the service's pods, as Pod Security's level `restricted` wants them.
 *
 * Probes go by gRPC to the port of the service: where mutual TLS is strict, Istio's injection has
 * its agent ask in the kubelet's place, beside Envoy. The administration stays on the loopback: the
 * agent takes the metrics from there into its own, and people reach the page by port forwarding.
 */
export function podTemplate(
  configuration: Configuration,
  files: ServiceFiles,
  settings: ServiceSettings,
): Part {
  const { service, cluster } = configuration
  return {
    metadata: {
      labels: { ...selectorLabels(configuration), 'sidecar.istio.io/inject': 'true' },
      annotations: {
        'checksum/sidecert': settings.checksum,
        'proxy.istio.io/config': JSON.stringify({
          holdApplicationUntilProxyStarts: true,
          terminationDrainDuration: `${announceSeconds + drainSeconds}s`,
        }),
      },
    },
    spec: {
      serviceAccountName: service.name,
      automountServiceAccountToken: cluster !== undefined,
      enableServiceLinks: false,
      terminationGracePeriodSeconds: announceSeconds + drainSeconds + 15,
      securityContext: {
        runAsNonRoot: true,
        runAsUser: user,
        runAsGroup: user,
        seccompProfile: { type: 'RuntimeDefault' },
      },
      containers: [container(configuration, files, settings)],
      volumes: [filesVolume(configuration, files)],
    },
  }
}

/** What a container may do: nothing that the service does not need. */
export const restricted: Part = {
  allowPrivilegeEscalation: false,
  capabilities: { drop: ['ALL'] },
  privileged: false,
  readOnlyRootFilesystem: true,
  runAsNonRoot: true,
  seccompProfile: { type: 'RuntimeDefault' },
}

function container({ service }: Configuration, files: ServiceFiles, settings: ServiceSettings) {
  const port = service.listen.kind === 'tcp' ? service.listen.port : 0
  const alive = { tcpSocket: { port }, timeoutSeconds: 5 }
  return {
    name: 'sidecert',
    image: settings.image,
    imagePullPolicy: settings.imagePullPolicy,
    args: serveArguments(files),
    ports: [{ name: 'grpc', containerPort: port, protocol: 'TCP' }],
    // Lives who answers at all: one without its policies is not ready, and a new start has none either.
    startupProbe: { ...alive, periodSeconds: 2, failureThreshold: 30 },
    livenessProbe: { ...alive, periodSeconds: 10 },
    readinessProbe: {
      grpc: { port, service: healthService },
      timeoutSeconds: 2,
      periodSeconds: 5,
    },
    lifecycle: { preStop: { sleep: { seconds: announceSeconds } } },
    resources: settings.resources,
    securityContext: restricted,
    volumeMounts: [filesMount],
  }
}

/** Gives the arguments of the image, whose entry point is `sidecert`. */
export function serveArguments(files: ServiceFiles): readonly Json[] {
  return ['serve', '--config', mountedMain(files)]
}

/** The files of the service in its container. */
export const filesMount: Part = { name: 'sidecert-files', mountPath, readOnly: true }

/** Makes the volume of the ConfigMap, its files where the paths of sidecert.yaml lead. */
export function filesVolume({ service }: Configuration, { files }: ServiceFiles): Part {
  const items = files.map(({ key, path }) => ({ key, path }))
  return { name: 'sidecert-files', configMap: { name: service.name, items } }
}
