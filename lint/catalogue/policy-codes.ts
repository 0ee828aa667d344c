import type { CatalogueEntry } from './catalogue-entry.js'

const policyReference =
  'https://istio.io/latest/docs/reference/config/security/authorization-policy/'
const practices = 'https://istio.io/latest/docs/ops/best-practices/security/'

/** Findings about AuthorizationPolicies. */
export const policyCodes = {
  SL1001: {
    severity: 'warning',
    title: 'identity pattern ends in the middle of a name',
    why: 'A * stands for any characters, so that every name that begins alike is let in too.',
    mend: 'End the pattern at a slash, as in curitydemo/ns/curity/*, or write each identity out.',
    reference: policyReference,
  },
  SL1002: {
    severity: 'warning',
    title: 'identity pattern without a namespace',
    why: 'It matches in every namespace and in every trust domain that is trusted: whoever may create a service account anywhere can have one of that name.',
    mend: 'Write the whole identity: TRUST-DOMAIN/ns/NAMESPACE/sa/SERVICE-ACCOUNT.',
    reference: policyReference,
  },
  SL1003: {
    severity: 'note',
    title: 'namespace pattern that later namespaces match',
    why: 'Whoever may create a namespace whose name begins alike is let in.',
    mend: 'Write the namespaces out.',
    reference: policyReference,
  },
  SL1004: {
    severity: 'warning',
    title: 'identity of the default service account',
    why: 'Every pod of the namespace that names no service account of its own has this identity.',
    mend: 'Give the workload a service account of its own and name that.',
  },
  SL1005: {
    severity: 'warning',
    title: 'policy that lets everybody in',
    why: 'An empty rule matches every request, also of callers without a certificate, and takes away the effect of every other ALLOW policy of these workloads.',
    mend: 'Say who may call what; to deny everything, write "spec: {}" instead.',
    reference: policyReference,
  },
  SL1006: {
    severity: 'note',
    title: 'rule that lets every identity in',
    why: 'Any workload of the mesh that has a certificate may do this.',
    mend: 'Name the identities that need it.',
    reference: policyReference,
  },
  SL1007: {
    severity: 'warning',
    title: 'token endpoint open to every caller',
    why: 'Without a source, callers without a certificate may ask for tokens too, and only the secret of a client is left to protect them.',
    mend: 'Add "from" with the identities of the OAuth clients.',
  },
  SL1008: {
    severity: 'warning',
    title: 'ALLOW rule that a caller without a certificate matches',
    why: 'A "not" field matches when there is nothing to compare: a caller without a certificate is none of the identities named.',
    mend: 'Add the identities or namespaces that are allowed, or require mutual TLS with a PeerAuthentication of mode STRICT.',
    reference: practices,
  },
  SL1009: {
    severity: 'warning',
    title: 'DENY by identity where plaintext is accepted',
    why: 'A caller that leaves its certificate out has no identity, and the rule does not match it.',
    mend: 'Set the PeerAuthentication to STRICT, or deny by notPrincipals everybody but those that may.',
    reference: practices,
  },
  SL1010: {
    severity: 'note',
    title: 'DENY by identity, and no file requires mutual TLS',
    why: 'Istio accepts plaintext unless told otherwise, and a caller without a certificate does not match a rule about identities.',
    mend: 'Make sure that a PeerAuthentication of mode STRICT covers the workload, and lint it along.',
    reference: practices,
  },
  SL1011: {
    severity: 'warning',
    title: 'exact path that other spellings of it pass by',
    why: 'The rule compares the path as text. A trailing slash, ";x", another case or "//" makes another text, which many servers treat as the same resource.',
    mend: 'Turn it round: allow the paths that are needed, and nothing else.',
    reference: practices,
  },
  SL1012: {
    severity: 'warning',
    title: 'path pattern that other spellings of it pass by',
    why: 'By default Istio neither merges "//" nor decodes "%2f", and case counts: such a path does not match, and many servers treat it as the same resource.',
    mend: 'Turn it round: allow the paths that are needed. Or set meshConfig.pathNormalization to DECODE_AND_MERGE_SLASHES.',
    reference: practices,
  },
  SL1013: {
    severity: 'warning',
    title: 'host that the same host with a port passes by',
    why: 'The rule compares the :authority as the caller sent it, and with a port it is another text.',
    mend: 'Add each host with ":*" too.',
    reference: practices,
  },
  SL1014: {
    severity: 'warning',
    title: 'rule that can never match',
    why: 'Its conditions exclude each other, so it does nothing.',
    mend: 'Mend the condition that is wrong, or remove the rule.',
    reference: policyReference,
  },
  SL1015: {
    severity: 'warning',
    title: 'rule without effect beside a wider one',
    why: 'Every request that it matches is decided in the same way without it.',
    mend: 'Narrow the wider rule, or remove this one.',
    reference: policyReference,
  },
  SL1016: {
    severity: 'note',
    title: 'rule that stands twice',
    why: 'The two match the same requests; a change of one alone will have no effect.',
    mend: 'Remove one of them.',
  },
  SL1017: {
    severity: 'warning',
    title: 'HTTP condition on a port that is not HTTP',
    why: 'On such a port Istio drops an ALLOW rule with it, and of a DENY rule only the condition, so that more is denied.',
    mend: 'Name the port of the Service http-…, http2-… or grpc-…, or ask for ports and identities alone.',
    reference: policyReference,
  },
} as const satisfies Record<string, CatalogueEntry>
