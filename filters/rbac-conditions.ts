import type {
  AddressRange,
  Condition,
  NamespacePattern,
  PathTemplate,
  Pattern,
  Port,
  ServiceAccountPattern,
  StringPattern,
} from '../policy/index.js'
import type { Json } from './http-filter.js'
import { uriSan } from './peer.js'
import {
  namespaceMatcher,
  principalMatcher,
  serviceAccountMatcher,
  stringMatcher,
  trustDomainMatcher,
} from './string-matchers.js'

/** A condition as Envoy's RBAC has it: of the caller, or of what it asks for. */
export interface RbacCondition {
  readonly side: 'principal' | 'permission'
  readonly matcher: Json
}

/**
 * Translates a condition: any of its patterns, or none of them if it is negated.
 *
 * Identities are those of verified certificates, by URI SAN: `authenticated.principal_name`, which
 * Istio uses, takes a DNS SAN or a subject that looks like a SPIFFE ID for one. A negated condition
 * matches what is absent, as in Istio.
 */
export function rbacCondition({ attribute, patterns, negated }: Condition): RbacCondition {
  const side = isCaller(attribute.kind) ? 'principal' : 'permission'
  const matchers = patterns.map(pattern => matcherOf(attribute, pattern))
  const any = side === 'principal' ? anyPrincipal(matchers) : anyPermission(matchers)
  if (!negated) return { side, matcher: any }
  return { side, matcher: side === 'principal' ? { not_id: any } : { not_rule: any } }
}

/** The principal of whom any of the principals matches. */
export function anyPrincipal(ids: readonly Json[]): Json {
  const [only] = ids
  return ids.length === 1 && only !== undefined ? only : { or_ids: { ids } }
}

/** The permission that any of the permissions matches. */
export function anyPermission(rules: readonly Json[]): Json {
  const [only] = rules
  return rules.length === 1 && only !== undefined ? only : { or_rules: { rules } }
}

function isCaller(kind: Condition['attribute']['kind']): boolean {
  return [
    'principal',
    'namespace',
    'service-account',
    'trust-domain',
    'source-ip',
    'remote-ip',
  ].includes(kind)
}

function matcherOf(attribute: Condition['attribute'], pattern: Pattern): Json {
  switch (attribute.kind) {
    case 'principal':
      return uriSan(principalMatcher(pattern as StringPattern))
    case 'namespace':
      return uriSan(namespaceMatcher(pattern as NamespacePattern))
    case 'service-account':
      return uriSan(serviceAccountMatcher(pattern as ServiceAccountPattern))
    case 'trust-domain':
      return uriSan(trustDomainMatcher(pattern as StringPattern))
    case 'source-ip':
      return { direct_remote_ip: range(pattern as AddressRange) }
    case 'remote-ip':
      return { remote_ip: range(pattern as AddressRange) }
    case 'destination-ip':
      return { destination_ip: range(pattern as AddressRange) }
    case 'destination-port':
      return { destination_port: (pattern as Port).port }
    case 'host':
      return header(':authority', pattern as StringPattern, { ignore_case: true })
    case 'method':
      return header(':method', pattern as StringPattern)
    case 'header':
      return header(attribute.name, pattern as StringPattern)
    case 'sni':
      return { requested_server_name: stringMatcher(pattern as StringPattern) }
    case 'path':
      return pattern.kind === 'template'
        ? uriTemplate(pattern)
        : { url_path: { path: stringMatcher(pattern as StringPattern) } }
  }
}

/** `*` asks for the header to be there, be it empty. */
function header(name: string, pattern: StringPattern, options: { ignore_case?: true } = {}): Json {
  if (pattern.kind === 'any') return { header: { name, present_match: true } }
  const string_match = { [pattern.kind]: pattern.value, ...options }
  return { header: { name, string_match } }
}

/** The query is no part of the path that is matched. */
function uriTemplate({ source }: PathTemplate): Json {
  return {
    uri_template: {
      name: 'envoy.path.match.uri_template.uri_template_matcher',
      typed_config: {
        '@type':
          'type.googleapis.com/envoy.extensions.path.match.uri_template.v3.UriTemplateMatchConfig',
        path_template: envoyTemplate(source),
      },
    },
  }
}

/** Envoy writes `*` and `**` without braces. */
function envoyTemplate(source: string): string {
  return source.replaceAll('{*}', '*').replaceAll('{**}', '**')
}

function range({ address, prefixLength }: AddressRange): Json {
  return { address_prefix: address, prefix_len: prefixLength }
}
