import { clientIdentities } from './clients/client-identities.js'
import { curityClients } from './curity/clients.js'
import { extAuthz } from './envoy/ext-authz.js'
import { forwardedCertificate } from './envoy/forwarded-certificate.js'
import { luaCode } from './envoy/lua-code.js'
import { luaHeaders } from './envoy/lua-headers.js'
import { peerHeaders } from './envoy/peer-headers.js'
import { rbac } from './envoy/rbac.js'
import { refused } from './envoy/refused.js'
import { tls } from './envoy/tls.js'
import { authzCluster } from './istio/authz-cluster.js'
import { filterPlacement } from './istio/filter-placement.js'
import { filterPort } from './istio/filter-port.js'
import { plaintext } from './istio/plaintext.js'
import { virtualServiceHeaders } from './istio/virtual-service-headers.js'
import { objects } from './kubernetes/objects.js'
import { absentIdentity } from './policy/absent-identity.js'
import { effectlessRules } from './policy/effectless-rules.js'
import { httpOnTcp } from './policy/http-on-tcp.js'
import { identityPatterns } from './policy/identity-patterns.js'
import { objections } from './policy/objections.js'
import { openPolicies } from './policy/open-policies.js'
import { slippingPaths } from './policy/slipping-paths.js'
import type { LintRule } from './rule.js'

/** Every rule there is. */
export const lintRules: readonly LintRule[] = [
  objections,
  identityPatterns,
  openPolicies,
  absentIdentity,
  slippingPaths,
  effectlessRules,
  httpOnTcp,
  objects,
  filterPlacement,
  filterPort,
  authzCluster,
  plaintext,
  virtualServiceHeaders,
  curityClients,
  clientIdentities,
  tls,
  luaHeaders,
  luaCode,
  peerHeaders,
  rbac,
  extAuthz,
  forwardedCertificate,
  refused,
]
