import type { Place } from '../../policy/index.js'
import type { LintContext } from '../context.js'
import { certificateClients } from '../curity/clients.js'
import { type Finding, finding } from '../finding.js'
import type { LintRule } from '../rule.js'

/** The service accounts of OAuth clients, which must be theirs alone. */
export const clientIdentities: LintRule = {
  codes: ['SL2054', 'SL2055'],
  check: context => {
    const clients = clientAccounts(context)
    return [...clients.flatMap(defaultAccount), ...sharedAccounts(clients, context)]
  },
}

interface ClientAccount {
  readonly clientId: string
  readonly namespace: string
  readonly serviceAccount: string
  readonly place: Place
}

/** Clients of sidecert.yaml, and of Curity's configuration by their client-uri. */
function clientAccounts({ configurations, curity, texts }: LintContext): readonly ClientAccount[] {
  const own = configurations.flatMap(({ file, clients }) =>
    clients.map(({ clientId, namespace, serviceAccount }) => ({
      ...{ clientId, namespace, serviceAccount },
      place: placeOfText(texts.get(file) ?? '', `${namespace}/${serviceAccount}`, file),
    })),
  )
  const theirs = curity.flatMap(certificateClients).flatMap(({ id, uri, text }) => {
    const path = /\/ns\/([^/]+)\/sa\/([^/]+)$/.exec(uri?.text ?? '')
    const [, namespace, serviceAccount] = path ?? []
    if (uri === undefined || namespace === undefined || serviceAccount === undefined) return []
    return { clientId: id, namespace, serviceAccount, place: text.places.at(...uri.span) }
  })
  return [...own, ...theirs]
}

function placeOfText(text: string, wanted: string, file: string): Place {
  const lines = text.split('\n')
  const line = lines.findIndex(item => item.includes(wanted) && !/^\s*#/.test(item))
  if (line === -1) return { file, line: 1, column: 1 }
  const column = (lines[line] ?? '').indexOf(wanted) + 1
  return { file, line: line + 1, column, endColumn: column + wanted.length }
}

function defaultAccount(client: ClientAccount): readonly Finding[] {
  const { clientId, namespace, serviceAccount, place } = client
  if (serviceAccount !== 'default') return []
  const message = `every pod of ${namespace} without a service account of its own can pass for ${clientId}`
  return [finding('SL2054', message, place)]
}

function sharedAccounts(
  clients: readonly ClientAccount[],
  { workloads }: LintContext,
): readonly Finding[] {
  return clients.flatMap(({ clientId, namespace, serviceAccount }) => {
    const running = workloads.filter(
      workload =>
        workload.resource.namespace === namespace &&
        workload.resource.kind !== 'Pod' &&
        workload.serviceAccount === serviceAccount,
    )
    const [first, ...others] = running.filter(
      (workload, index) =>
        running.findIndex(({ resource }) => resource.name === workload.resource.name) === index,
    )
    return others.map(({ resource }) =>
      finding(
        'SL2055',
        `${resource.name} has the service account of ${first?.resource.name}, and can pass for the client ${clientId}`,
        resource.place,
      ),
    )
  })
}
