import type { Configuration } from '../../config/index.js'
import { type Diagnostic, diagnostic } from '../../policy/index.js'

/** Finds what of `service` cannot be deployed as it is, though it runs on one machine (SC0310). */
export function unfit({
  authorizationServer,
  cluster,
  service,
}: Configuration): readonly Diagnostic[] {
  const found: Diagnostic[] = []
  const refuse = (message: string, hint: string) => {
    found.push(diagnostic('SC0310', message, hint))
  }
  const { deployment, listen } = service
  if (deployment === 'container') {
    if (listen.kind !== 'unix') {
      refuse(
        'service.deployment is container, whose Envoy reaches it over a socket, and service.listen names none',
        'Set service.listen to unix:/run/sidecert/sidecert.sock, or service.deployment to deployment.',
      )
    } else if (/^\/[^/]*$/.test(listen.path)) {
      refuse(
        `the socket ${listen.path} lies in the root directory, which is no volume`,
        'Give it a directory of its own, such as unix:/run/sidecert/sidecert.sock.',
      )
    }
    if (service.namespace !== authorizationServer.namespace) {
      refuse(
        `the containers of a pod in ${authorizationServer.namespace} read no ConfigMap of ${service.namespace}`,
        'Remove service.namespace.',
      )
    }
  } else if (listen.kind === 'unix') {
    refuse(
      `a pod of its own is reached over the network, and service.listen is unix:${listen.path}`,
      'Set service.listen to 0.0.0.0:9191, service.deployment to container, or target to envoy.',
    )
  } else if (/^(127\.|::1$|localhost$)/.test(listen.host)) {
    refuse(
      `a pod of its own is reached from other pods, and service.listen is on the loopback (${listen.host})`,
      'Set service.listen to 0.0.0.0:9191, where Istio keeps out who is not named, or target to envoy.',
    )
  } else if (listen.port === 0) {
    refuse(
      'the Kubernetes Service needs a port, and service.listen takes any',
      'Name one, such as 0.0.0.0:9191.',
    )
  }
  if (cluster?.server !== undefined) {
    refuse(
      "cluster.server is for a service outside of the cluster; a pod is told of its cluster's API",
      'Remove cluster.server, tokenFile and caFile: the generated roles give the service account access.',
    )
  }
  return found
}
