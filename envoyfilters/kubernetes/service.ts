import type { Resource } from '../resource-file.js'

/** What a Service is made of. */
export interface ServiceSettings {
  readonly name: string
  readonly namespace: string
  readonly selector: Readonly<Record<string, string>>
  /** Its name tells Istio the protocol: `http`, `http-...`, `grpc`. */
  readonly port: { readonly name: string; readonly number: number; readonly target: number }
}

/** Makes a Service of one port. */
export function service({ name, namespace, selector, port }: ServiceSettings): Resource {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace, labels: { app: name, service: name } },
    spec: {
      selector,
      ports: [{ name: port.name, port: port.number, targetPort: port.target, protocol: 'TCP' }],
    },
  }
}
