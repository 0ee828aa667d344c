import { posix } from 'node:path'
import type { Configuration } from '../../config/index.js'
import type { Json } from '../../filters/index.js'
import { filesMount, filesVolume, restricted, serveArguments, user } from './pod.js'
import type { ServiceFiles } from './service-files.js'
import type { ServiceSettings } from './settings.js'

const socketVolume = 'sidecert-socket'

/** The group of Istio's proxy, whose members may open the socket. */
const proxyGroup = 1337

/**
 * Makes the strategic merge patch that runs the service as a second container of the authorization
 * server's pods, reached over a unix socket in a volume that Envoy's container has too.
 *
 * Whoever can open the socket can ask, and sees it in no other container. Its health is asked over
 * the socket as well: nothing of it can be reached from outside of the pod.
 */
export function containerPatch(
  configuration: Configuration,
  files: ServiceFiles,
  settings: ServiceSettings,
): { readonly [key: string]: Json } {
  const { authorizationServer, service } = configuration
  const { product, name, namespace } = authorizationServer
  const socket = service.listen.kind === 'unix' ? service.listen.path : '/'
  const directory = posix.dirname(socket)
  const mount = { name: socketVolume, mountPath: directory }
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    // As Curity's chart names the workload of its runtime nodes.
    metadata: { name: product === 'curity' ? `${name}-runtime` : name, namespace },
    spec: {
      template: {
        metadata: {
          annotations: {
            'checksum/sidecert': settings.checksum,
            'sidecar.istio.io/userVolumeMount': JSON.stringify([mount]),
          },
        },
        spec: {
          containers: [
            {
              name: 'sidecert',
              image: settings.image,
              imagePullPolicy: settings.imagePullPolicy,
              args: serveArguments(files),
              startupProbe: { ...probe(socket), periodSeconds: 2, failureThreshold: 30 },
              livenessProbe: { ...probe(socket), periodSeconds: 30 },
              resources: settings.resources,
              securityContext: { ...restricted, runAsUser: user, runAsGroup: proxyGroup },
              volumeMounts: [filesMount, mount],
            },
          ],
          volumes: [
            filesVolume(configuration, files),
            { name: socketVolume, emptyDir: { medium: 'Memory', sizeLimit: '1Mi' } },
          ],
        },
      },
    },
  }
}

/** Connects to the socket, by the image's own Node: there is no shell in it. */
function probe(socket: string): { readonly [key: string]: Json } {
  const connect = `require('node:net').connect(${JSON.stringify(socket)},()=>process.exit()).on('error',()=>process.exit(1))`
  return { exec: { command: ['/nodejs/bin/node', '-e', connect] }, timeoutSeconds: 5 }
}
