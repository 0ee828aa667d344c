import type { AuthorizationPolicy, Clause, Condition, Rule } from '../policy/index.js'
import type { HttpFilter, Json } from './http-filter.js'
import { showedCertificate, showedSvid } from './peer.js'
import { rbacCondition } from './rbac-conditions.js'

/**
 * Translates the policies of a workload to Envoy's RBAC, to mean what the ext_authz service makes of
 * them: AUDIT notes, DENY denies, and if there is any ALLOW policy what none of them allows is
 * denied. Policies in dry run are shadow rules, which decide nothing. Every condition that the
 * reader of policies takes can be said in RBAC.
 *
 * @param policies - those that select the workload, trust domains written out (`policiesFor`)
 * @param whenNoPolicy - what holds when no ALLOW policy does
 * @returns up to three filters, in the order in which they stand
 */
export function rbac(
  policies: readonly AuthorizationPolicy[],
  whenNoPolicy: 'allow' | 'deny',
): readonly HttpFilter[] {
  const of = (action: AuthorizationPolicy['action'], dryRun: boolean) =>
    policies.filter(policy => policy.action === action && policy.dryRun === dryRun)
  const allow = of('ALLOW', false)
  const filters = [
    rbacFilter('audit', 'LOG', orNothing(of('AUDIT', false)), []),
    rbacFilter('deny', 'DENY', orNothing(of('DENY', false)), of('DENY', true)),
    rbacFilter(
      'allow',
      'ALLOW',
      allow.length > 0 || whenNoPolicy === 'deny' ? allow : undefined,
      of('ALLOW', true),
    ),
  ]
  return filters.filter(filter => filter !== undefined)
}

/**
 * Makes the filter that denies a peer whose certificate is no X.509-SVID or was not verified on this
 * connection, whatever the policies say.
 *
 * RBAC has no third answer between yes and no: of such a peer every rule about identity, `not` rules
 * and DENY rules above all, would say something that nobody knows. TLS sessions that are resumed are
 * denied here too, because Envoy verifies nothing on them.
 *
 * The service is less strict in one case: by a rule that asks for no identity it lets such a peer pass,
 * without the header. Here the filter that sets the header could not be kept from setting it.
 */
export function denyInvalidPeer(): HttpFilter {
  return {
    name: 'sidecert.rbac.peer',
    typed_config: {
      '@type': rbacType,
      rules: {
        action: 'DENY',
        policies: {
          'certificate-is-no-verified-svid': {
            permissions: [{ any: true }],
            principals: [{ and_ids: { ids: [showedCertificate, { not_id: showedSvid }] } }],
          },
        },
      },
    },
  }
}

const rbacType = 'type.googleapis.com/envoy.extensions.filters.http.rbac.v3.RBAC'

function orNothing(policies: readonly AuthorizationPolicy[]) {
  return policies.length > 0 ? policies : undefined
}

function rbacFilter(
  name: string,
  action: 'LOG' | 'DENY' | 'ALLOW',
  enforced: readonly AuthorizationPolicy[] | undefined,
  shadow: readonly AuthorizationPolicy[],
): HttpFilter | undefined {
  if (enforced === undefined && shadow.length === 0) return undefined
  return {
    name: `sidecert.rbac.${name}`,
    typed_config: {
      '@type': rbacType,
      ...(enforced === undefined ? {} : { rules: rules(action, enforced) }),
      ...(shadow.length === 0
        ? {}
        : {
            shadow_rules: rules(action, shadow),
            shadow_rules_stat_prefix: `sidecert_dry_run_${name}_`,
          }),
    },
  }
}

/** ALLOW without any rule allows nothing. */
function rules(action: string, policies: readonly AuthorizationPolicy[]): Json {
  const all = policies.flatMap(policy => policy.rules)
  return { action, policies: Object.fromEntries(all.map(rule => [rule.name, rbacPolicy(rule)])) }
}

/** A policy of RBAC: any of its permissions and any of its principals. */
function rbacPolicy({ from, to, when }: Rule): Json {
  const principals = clausesOn('principal', from, when)
  const permissions = clausesOn('permission', to, when)
  return {
    permissions: permissions.map(rules => all(rules, rules => ({ and_rules: { rules } }))),
    principals: principals.map(ids => all(ids, ids => ({ and_ids: { ids } }))),
  }
}

/** Each clause with the `when` conditions that stand on its side added; one clause if there are none. */
function clausesOn(
  side: 'principal' | 'permission',
  clauses: readonly Clause[],
  when: readonly Condition[],
): readonly (readonly Json[])[] {
  const conditions = when
    .map(rbacCondition)
    .filter(condition => condition.side === side)
    .map(({ matcher }) => matcher)
  if (clauses.length === 0) return [conditions]
  return clauses.map(clause => [
    ...clause.map(condition => rbacCondition(condition).matcher),
    ...conditions,
  ])
}

function all(matchers: readonly Json[], join: (matchers: readonly Json[]) => Json): Json {
  const [first] = matchers
  if (first === undefined) return { any: true }
  return matchers.length === 1 ? first : join(matchers)
}
