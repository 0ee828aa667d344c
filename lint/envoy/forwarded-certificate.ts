import type { LintContext } from '../context.js'
import { type Finding, finding } from '../finding.js'
import { sameNamespace } from '../kubernetes/resource.js'
import type { LintRule } from '../rule.js'
import type { SourceMap, SourceNode } from '../source/source-node.js'
import type { EnvoyFragment, PlacedMap } from './fragment.js'
import { enumText, field, fieldText } from './message.js'
import { forwardDetails } from './peer-use.js'

/** How `x-forwarded-client-cert` is handed on: what a caller wrote into it, in front of what reads it. */
export const forwardedCertificate: LintRule = {
  codes: ['SL3050', 'SL3051'],
  check: context =>
    context.fragments.flatMap(fragment =>
      fragment.maps.flatMap(map => problems(fragment, map, context)),
    ),
}

function problems(
  fragment: EnvoyFragment,
  { node }: PlacedMap,
  context: LintContext,
): readonly Finding[] {
  const entry = field(node, 'forward_client_cert_details')
  const ignored = ignoredDetails(fragment, node, enumText(entry?.value, forwardDetails))
  if (entry === undefined) return ignored
  const mode = enumText(entry.value, forwardDetails)
  if (mode === undefined || !/^(?:APPEND_FORWARD|(?:ALWAYS_)?FORWARD_ONLY)$/.test(mode)) {
    return ignored
  }
  if (!isReadNear(fragment, node, context)) return ignored
  const message = `${mode} hands on what the caller wrote, and this configuration goes by it`
  return [...ignored, finding('SL3050', message, entry.value.place)]
}

/** What is to be said of the client's certificate is said with two of the five modes only. */
function ignoredDetails(
  { partial }: EnvoyFragment,
  node: SourceMap,
  mode: string | undefined,
): readonly Finding[] {
  const details = field(node, 'set_current_client_cert_details')
  if (details === undefined || (mode === undefined && partial)) return []
  if (mode === 'APPEND_FORWARD' || mode === 'SANITIZE_SET') return []
  const message = `set_current_client_cert_details has no effect with ${mode ?? 'SANITIZE, the default'}`
  return [finding('SL3051', message, details.keyPlace)]
}

/** In the same connection manager, or in the EnvoyFilters of the namespace. */
function isReadNear(
  fragment: EnvoyFragment,
  manager: SourceMap,
  { fragments, scripts }: LintContext,
): boolean {
  const { owner } = fragment
  const near = fragments.filter(
    other =>
      other === fragment ||
      (owner !== undefined &&
        other.owner !== undefined &&
        sameNamespace(owner.resource, other.owner.resource)),
  )
  const inside = (around: { readonly manager: SourceMap | undefined }) =>
    owner !== undefined || around.manager === manager
  return (
    near.some(({ maps }) => maps.some(map => inside(map) && readsHeader(map.node))) ||
    scripts.some(
      ({ fragment: other, message, trace }) =>
        near.includes(other) && inside(message) && trace?.readsForwardedCertificate === true,
    )
  )
}

const name = 'x-forwarded-client-cert'

/** A matcher of routes or of RBAC that names the header, or a header made of it. */
function readsHeader(node: SourceMap): boolean {
  const matched = fieldText(node, 'name')?.toLowerCase() === name && node.entries.length > 1
  return matched || node.entries.some(({ value }) => isMadeOf(value))
}

function isMadeOf(value: SourceNode): boolean {
  return (
    value.kind === 'scalar' &&
    typeof value.value === 'string' &&
    /%REQ\(X-FORWARDED-CLIENT-CERT[)?]/i.test(value.value)
  )
}
