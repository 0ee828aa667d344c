import type { LintContext } from '../context.js'
import { type Finding, finding } from '../finding.js'
import type { LintRule } from '../rule.js'
import { textOf } from '../source/field.js'
import type { SourceNode } from '../source/source-node.js'
import type { EnvoyFragment, PlacedMessage } from './fragment.js'
import { enumText, field, fieldAt, fieldMaps, fieldText, isTrue, messageOf } from './message.js'

/** ext_authz filters that let through what was not allowed, or that never ask. */
export const extAuthz: LintRule = {
  codes: ['SL3040', 'SL3041', 'SL3042', 'SL3043'],
  check: (context: LintContext) =>
    context.fragments.flatMap(fragment =>
      fragment.messages
        .filter(({ type, typeName }) => type === 'ExtAuthz' && typeName.includes('ext_authz'))
        .flatMap(message => problems(fragment, message)),
    ),
}

function problems(fragment: EnvoyFragment, message: PlacedMessage): readonly Finding[] {
  const { body } = message
  const found: Finding[] = []
  const failure = field(body, 'failure_mode_allow')
  if (failure !== undefined && isTrue(failure.value)) {
    const text = 'requests go through when the service does not answer'
    found.push(finding('SL3040', text, failure.keyPlace))
  }
  const service = field(body, 'grpc_service')
  if (!fragment.partial && service?.value.kind === 'map' && !hasTimeout(service.value)) {
    found.push(finding('SL3041', 'the call of the service has no timeout', service.keyPlace))
  }
  return [...found, ...partly(body), ...neverSet(fragment, message)]
}

function hasTimeout(service: SourceNode): boolean {
  return field(service, 'timeout') !== undefined
}

/** `filter_enabled` for a part of the requests; the rest goes through unless told otherwise. */
function partly(body: SourceNode): readonly Finding[] {
  const enabled = field(body, 'filter_enabled')
  if (enabled === undefined) return []
  const fraction = fieldAt(enabled.value, 'default_value')
  const denominators = ['HUNDRED', 'TEN_THOUSAND', 'MILLION']
  const denominator = enumText(fieldAt(fraction, 'denominator'), denominators) ?? 'HUNDRED'
  const whole = { HUNDRED: 100, TEN_THOUSAND: 10_000, MILLION: 1_000_000 }[denominator]
  const numerator = Number(fieldText(fraction, 'numerator') ?? 0)
  if (fraction === undefined || whole === undefined || numerator >= whole) return []
  if (isTrue(fieldAt(body, 'deny_at_disable', 'default_value'))) return []
  const message = `the service is asked for ${numerator} of ${whole} requests`
  return [finding('SL3042', message, enabled.keyPlace)]
}

/** Filters of which it is known that they write no metadata of another name than their own. */
const quiet = [
  'Router',
  'ExtAuthz',
  'Cors',
  'Buffer',
  'Csrf',
  'Compressor',
  'FilterConfig',
  'GrpcWeb',
  'HealthCheck',
  'HTTPFault',
  'HeaderMutation',
  'LocalRateLimit',
  'RateLimit',
]

/** Writers of metadata, and the namespaces that they write to. */
const writers: Readonly<Record<string, string>> = {
  RBAC: 'envoy.filters.http.rbac',
  JwtAuthentication: 'envoy.filters.http.jwt_authn',
}

/** The filter waits for metadata that no filter of the whole chain writes. */
function neverSet({ owner }: EnvoyFragment, { body, manager }: PlacedMessage): readonly Finding[] {
  const condition = field(body, 'filter_enabled_metadata')
  if (condition === undefined || owner !== undefined || manager === undefined) return []
  if (isTrue(fieldAt(condition.value, 'invert'))) return []
  const namespace = textOf(fieldAt(condition.value, 'filter'))
  const types = fieldMaps(manager, 'http_filters').map(filter => {
    const config = fieldAt(filter, 'typed_config')
    return config?.kind === 'map' ? messageOf(config)?.type : undefined
  })
  const silent = types.every(
    type =>
      type !== undefined &&
      (quiet.includes(type) || (writers[type] !== undefined && writers[type] !== namespace)),
  )
  if (!silent || types.length === 0) return []
  const message = `nothing in the chain writes metadata of ${namespace}`
  return [finding('SL3043', message, condition.keyPlace)]
}
