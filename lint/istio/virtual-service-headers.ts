import type { LintContext } from '../context.js'
import { isOfPeer } from '../envoy/peer-headers.js'
import { type Finding, finding } from '../finding.js'
import type { LintRule } from '../rule.js'
import { entryAt, scalarsOf, textOf, valueAt } from '../source/field.js'
import type { SourceMap, SourceNode } from '../source/source-node.js'

/** VirtualServices that write something of the peer's certificate into a header of requests. */
export const virtualServiceHeaders: LintRule = {
  codes: ['SL2040', 'SL2041'],
  check: ({ resources }: LintContext) =>
    resources
      .filter(({ group, kind }) => group === 'networking.istio.io' && kind === 'VirtualService')
      .flatMap(({ node }) => {
        const requests = requestsIn(node)
        const removed = new Set(
          requests.flatMap(request =>
            scalarsOf(valueAt(request, 'remove')).map(item => textOf(item)?.toLowerCase()),
          ),
        )
        return requests.flatMap(request => problems(request, removed))
      }),
}

/** Every `headers.request` of routes and destinations. */
function requestsIn(node: SourceNode): readonly SourceMap[] {
  if (node.kind === 'scalar') return []
  if (node.kind === 'list') return node.items.flatMap(requestsIn)
  const own = valueAt(node, 'headers', 'request')
  const inner = node.entries.flatMap(({ value }) => requestsIn(value))
  return own?.kind === 'map' ? [own, ...inner] : inner
}

function problems(
  request: SourceMap,
  removed: ReadonlySet<string | undefined>,
): readonly Finding[] {
  return (['add', 'set'] as const).flatMap(way => {
    const headers = entryAt(request, way)?.value
    if (headers?.kind !== 'map') return []
    return headers.entries
      .filter(({ key, value }) => isOfPeer(textOf(value) ?? '') && !removed.has(key.toLowerCase()))
      .map(({ key, value }) =>
        way === 'add'
          ? finding('SL2040', `${key} keeps what the caller sent`, value.place)
          : finding(
              'SL2041',
              `without a certificate, ${key} keeps what the caller sent`,
              value.place,
            ),
      )
  })
}
