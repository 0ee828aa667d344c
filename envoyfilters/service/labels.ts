import type { Configuration } from '../../config/index.js'

/** Gives the labels that the service's pods are selected by. */
export function selectorLabels({ service }: Configuration): Readonly<Record<string, string>> {
  return { 'app.kubernetes.io/name': 'sidecert', 'app.kubernetes.io/instance': service.name }
}

/** Gives the metadata of one of the service's resources: its name, namespace and labels. */
export function metadata(configuration: Configuration, name = configuration.service.name) {
  return {
    name,
    namespace: configuration.service.namespace,
    labels: { ...selectorLabels(configuration), 'app.kubernetes.io/component': 'ext-authz' },
  }
}
