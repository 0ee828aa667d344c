import type { Client } from '../../config/index.js'
import { applicationFile, clientWorkloads } from '../kubernetes/application-files.js'
import { workloadName } from '../kubernetes/workload-name.js'
import type { GeneratedFile } from '../part.js'
import type { ScriptRequest } from './cluster-scripts.js'
import { script } from './script.js'
import { shellWord } from './shell-word.js'

/** Writes the script that deploys the OAuth clients. */
export function deployApplications({ configuration }: ScriptRequest): GeneratedFile {
  const workloads = clientWorkloads(configuration.clients)
  return script(configuration, {
    path: 'istio/6-deploy-applications.sh',
    about: ['Deploys the OAuth clients, each under a service account of its own.'],
    body: [
      ...workloads.map(client => `kubectl apply -f ${shellWord(applicationFile(client))}`),
      ...workloads.map(rollout),
    ].join('\n'),
  })
}

function rollout({ namespace, serviceAccount }: Client): string {
  const name = workloadName(serviceAccount)
  return `kubectl -n ${shellWord(namespace)} rollout status deployment/${name} --timeout=300s`
}
