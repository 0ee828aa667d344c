import { filterChain, type HttpFilter } from '../../../filters/index.js'
import { type AuthorizationPolicy, policiesFor, type Workload } from '../../../policy/index.js'
import type { IssuedSvid } from '../../../rig/index.js'
import { istioListener, istioRuntime } from '../../filters/istio-listener.js'
import type { PolicyCase } from './policy-case.js'

/** Who decides: Envoy's own RBAC filters, or the service that its ext_authz filter asks. */
export const enforcers = ['native', 'ext-authz'] as const

/** One of them. */
export type Enforcer = (typeof enforcers)[number]

/** The header that carries the certificate. */
export const forwardedHeader = 'x-client-certificate'

/** The header that says which case a request belongs to. */
export const caseHeader = 'x-case'

const timeoutMilliseconds = 60_000

/**
 * Makes the configuration of an Envoy with a listener an enforcer.
 *
 * A header picks the route of a case, which has the case's configuration for the filters: the very one
 * that the generator writes for a listener of its own. Answers say which path the filters saw, and
 * what they noted.
 *
 * @param read - the policies of each case
 * @param socket - of the service
 */
export function envoyOfCases(
  cases: readonly PolicyCase[],
  read: readonly (readonly AuthorizationPolicy[])[],
  socket: string,
  server: IssuedSvid,
): object {
  const listener = (enforcer: Enforcer) => {
    const chains = cases.map((one, number) => chainOf(enforcer, one, number, read[number] ?? []))
    return istioListener({
      name: enforcer,
      server,
      filters: commonChain(chains),
      routes: chains.map((chain, number) => route(chain, number)),
      settings: { local_reply_config: { mappers: [notes] }, stream_idle_timeout: '60s' },
    })
  }
  return {
    static_resources: {
      listeners: enforcers.map(listener),
      clusters: [
        {
          name: 'sidecert',
          load_assignment: {
            cluster_name: 'sidecert',
            endpoints: [{ lb_endpoints: [{ endpoint: { address: { pipe: { path: socket } } } }] }],
          },
          typed_extension_protocol_options: {
            'envoy.extensions.upstreams.http.v3.HttpProtocolOptions': {
              '@type': 'type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions',
              explicit_http_config: { http2_protocol_options: {} },
            },
          },
        },
      ],
    },
    layered_runtime: istioRuntime,
  }
}

const notes = {
  filter: {
    status_code_filter: {
      comparison: { op: 'GE', value: { default_value: 200, runtime_key: 'none' } },
    },
  },
  headers_to_add: Object.entries({
    'seen-path': '%REQ(:PATH)%',
    details: '%RESPONSE_CODE_DETAILS%',
    audited: '%DYNAMIC_METADATA(envoy.common:access_log_hint)%',
    'dry-run-deny': rbacMetadata('sidecert_dry_run_deny_shadow_effective_policy_id'),
    'dry-run-allow': rbacMetadata('sidecert_dry_run_allow_shadow_effective_policy_id'),
  }).map(([key, value]) => ({ header: { key, value } })),
}

function rbacMetadata(key: string): string {
  return `%DYNAMIC_METADATA(envoy.filters.http.rbac:${key})%`
}

function chainOf(
  enforcer: Enforcer,
  { scope, whenNoPolicy }: PolicyCase,
  number: number,
  policies: readonly AuthorizationPolicy[],
): readonly HttpFilter[] {
  const { namespace, labels } = scope.workload
  // By this label the service finds the case.
  const workload: Workload = { namespace, labels: { ...labels, case: String(number) } }
  const common = {
    header: forwardedHeader,
    policies: policiesFor(policies, { ...scope, workload }),
    whenNoPolicy,
  }
  const service = { cluster: 'sidecert', authority: 'sidecert', timeoutMilliseconds, workload }
  const chain = filterChain(
    enforcer === 'native'
      ? { ...common, forwarding: 'native' }
      : { ...common, forwarding: 'ext-authz', service },
  )
  return chain.map(({ filter }) => filter)
}

const perCase = /^sidecert\.(?:rbac\.(?:audit|deny|allow)|ext_authz)$/
const rbacType = 'type.googleapis.com/envoy.extensions.filters.http.rbac.v3'
const extAuthzType = 'type.googleapis.com/envoy.extensions.filters.http.ext_authz.v3'

/** The filters of all cases, in their order; those that differ from case to case decide nothing. */
function commonChain(chains: readonly (readonly HttpFilter[])[]): readonly HttpFilter[] {
  const filters = new Map<string, HttpFilter>()
  for (const filter of chains.flat()) {
    const known = filters.get(filter.name)
    if (known === undefined) filters.set(filter.name, filter)
    else if (!perCase.test(filter.name) && JSON.stringify(known) !== JSON.stringify(filter)) {
      throw new Error(`${filter.name} differs from case to case`)
    }
  }
  return chainOrder.flatMap(name => filters.get(name) ?? []).map(withoutRules)
}

const chainOrder = [
  ...['strip', 'peer', 'rbac.peer', 'rbac.audit', 'rbac.deny', 'rbac.allow', 'ext_authz', 'set'],
].map(name => `sidecert.${name}`)

function withoutRules(filter: HttpFilter): HttpFilter {
  const isPolicy = filter.typed_config['@type'].startsWith(rbacType) && perCase.test(filter.name)
  return isPolicy ? { ...filter, typed_config: { '@type': `${rbacType}.RBAC` } } : filter
}

function route(chain: readonly HttpFilter[], number: number): object {
  const own = chain
    .filter(({ name }) => perCase.test(name))
    .map(filter => [filter.name, override(filter)])
  return {
    match: {
      prefix: '/',
      headers: [{ name: caseHeader, string_match: { exact: String(number) } }],
    },
    direct_response: { status: 200 },
    typed_per_filter_config: Object.fromEntries(own),
  }
}

function override({ typed_config: { '@type': type, ...config } }: HttpFilter): object {
  if (type.startsWith(rbacType)) return { '@type': `${rbacType}.RBACPerRoute`, rbac: config }
  return {
    '@type': `${extAuthzType}.ExtAuthzPerRoute`,
    check_settings: { grpc_service: config.grpc_service },
  }
}
