import type { Client } from '../../config/index.js'
import { diagnostic } from '../../policy/index.js'
import type { Generated, PartRequest } from '../part.js'
import { resourceFile } from '../resource-file.js'
import { clientDeployment } from './client-deployment.js'
import { service } from './service.js'
import { serviceAccount } from './service-account.js'
import { workloadName } from './workload-name.js'

/** Where the resources of the clients lie. */
export const applicationsFolder = '6-applications'

/** Tells the file of a client's resources, in {@link applicationsFolder}. */
export function applicationFile({ namespace, serviceAccount }: Client): string {
  return `${applicationsFolder}/${namespace}.${serviceAccount}.yaml`
}

/** Picks the workloads of the clients, each once. */
export function clientWorkloads(clients: readonly Client[]): readonly Client[] {
  return [...new Map(clients.map(client => [client.spiffeId, client])).values()]
}

/** Makes service account, Service and Deployment of each OAuth client. */
export function applicationFiles({ configuration, targets }: PartRequest): Generated {
  if (!targets.includes('istio')) return { files: [], diagnostics: [] }
  const workloads = clientWorkloads(configuration.clients)
  const files = workloads.map(client => {
    const name = workloadName(client.serviceAccount)
    const { namespace } = client
    const selector = { app: name }
    const port = { name: 'http', number: 80, target: client.port }
    return resourceFile(
      configuration,
      `istio/${applicationFile(client)}`,
      [
        `The OAuth client ${client.clientId}: its SPIFFE ID is ${client.spiffeId}.`,
        'The service account is for this client alone: whoever has it can pass for the client.',
      ],
      [
        { resource: serviceAccount(client) },
        { resource: service({ name, namespace, selector, port }) },
        { resource: clientDeployment(client) },
      ],
    )
  })
  return { files, diagnostics: workloads.flatMap(twin(workloads)) }
}

function twin(workloads: readonly Client[]) {
  const place = ({ namespace, serviceAccount }: Client) =>
    `${namespace}/${workloadName(serviceAccount)}`
  return (client: Client, index: number) => {
    const other = workloads.slice(0, index).find(earlier => place(earlier) === place(client))
    if (other === undefined) return []
    return [
      diagnostic(
        'SC0302',
        `the workloads ${other.serviceAccount} and ${client.serviceAccount} would both be called ${place(client)}`,
        'Rename one of the service accounts: dots become dashes, and 63 characters are kept.',
      ),
    ]
  }
}
