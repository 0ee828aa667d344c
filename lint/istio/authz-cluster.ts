import type { LintContext } from '../context.js'
import type { EnvoyFragment, PlacedMessage } from '../envoy/fragment.js'
import { field, fieldMaps, fieldText } from '../envoy/message.js'
import { type Finding, finding } from '../finding.js'
import { extensionProviders } from '../kubernetes/mesh-config.js'
import type { ServiceObject } from '../kubernetes/service.js'
import type { LintRule } from '../rule.js'
import { entryAt, textAt, textOf, valueAt } from '../source/field.js'
import type { SourceEntry } from '../source/source-node.js'

/** How a sidecar reaches an ext_authz service of the mesh: by which cluster, which port, which name. */
export const authzCluster: LintRule = {
  codes: ['SL2020', 'SL2021', 'SL2022', 'SL2023', 'SL2024'],
  check: context => [
    ...context.fragments.flatMap(fragment =>
      fragment.messages
        .filter(({ typeName }) => /\.ext_authz\.|\.ext_proc\./.test(typeName))
        .flatMap(message => clusterProblems(fragment, message, context)),
    ),
    ...context.mesh.configs.flatMap(config =>
      extensionProviders(config).flatMap(provider => {
        const entry =
          entryAt(provider, 'envoyExtAuthzGrpc') ?? entryAt(provider, 'envoyExtAuthzHttp')
        return entry === undefined ? [] : providerProblems(entry, context)
      }),
    ),
  ],
}

function clusterProblems(
  { partial }: EnvoyFragment,
  { body }: PlacedMessage,
  context: LintContext,
): readonly Finding[] {
  return fieldMaps(body, 'grpc_service', 'envoy_grpc').flatMap(envoyGrpc => {
    const cluster = field(envoyGrpc, 'cluster_name')
    const text = textOf(cluster?.value) ?? ''
    const [, port, host] = /^outbound\|(\d+)\|[^|]*\|(.+)$/.exec(text) ?? []
    if (cluster === undefined || port === undefined || host === undefined) return []
    const bare = !partial && fieldText(envoyGrpc, 'authority') === undefined
    return [
      ...(bare
        ? [finding('SL2020', `the authority of the call is ${text}`, cluster.keyPlace)]
        : []),
      ...serviceProblems(host, Number(port), cluster, context),
    ]
  })
}

/** What is wrong with the Service that a host and a port lead to, if the files show it. */
function serviceProblems(
  host: string,
  number: number,
  said: SourceEntry,
  { services }: LintContext,
): readonly Finding[] {
  const [name, namespace] = host.split('.')
  const service = services.find(
    ({ resource }) => resource.name === name && resource.namespace === namespace,
  )
  if (service === undefined) return []
  const port = service.ports.find(port => port.port === number)
  if (port === undefined) return [noSuchPort(service, number, said)]
  if (port.protocol === 'http2') return []
  const message = `Istio does not speak HTTP/2 to port ${port.name ?? port.port} of the Service ${name}`
  return [finding('SL2021', message, port.place)]
}

function noSuchPort(service: ServiceObject, number: number, said: SourceEntry): Finding {
  const ports = service.ports.map(({ port }) => port).join(', ')
  const message = `the Service ${service.resource.name} has no port ${number}, but ${ports}`
  return finding('SL2022', message, said.value.place)
}

function providerProblems(entry: SourceEntry, context: LintContext): readonly Finding[] {
  const { key, value } = entry
  const failOpen = entryAt(value, 'failOpen')
  const service = entryAt(value, 'service')
  const host = (textOf(service?.value) ?? '').replace(/^[^/]*\//, '')
  const isGrpc = key === 'envoyExtAuthzGrpc'
  return [
    ...(textOf(failOpen?.value) === 'true' && failOpen !== undefined
      ? [
          finding(
            'SL2023',
            'requests go through when the service does not answer',
            failOpen.keyPlace,
          ),
        ]
      : []),
    ...(valueAt(value, 'timeout') === undefined
      ? [finding('SL2024', 'the call of the service waits for 600 seconds', entry.keyPlace)]
      : []),
    ...(isGrpc && service !== undefined
      ? serviceProblems(host, Number(textAt(value, 'port')), service, context)
      : []),
  ]
}
