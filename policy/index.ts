/** What is allowed: SPIFFE IDs, AuthorizationPolicies, decisions, and the diagnostics of all input. */
export type {
  AddressRange,
  Attribute,
  AuthorizationPolicy,
  Clause,
  Condition,
  NamespacePattern,
  PathTemplate,
  Pattern,
  PolicyAction,
  Port,
  Rule,
  ServiceAccountPattern,
  StringPattern,
} from './authorization-policy.js'
export { byteString, quotedBytes } from './byte-string.js'
export type { Difference } from './cases/compare-decision.js'
export type { ConditionSide } from './cases/condition-sides.js'
export {
  type Coverage,
  type FieldCoverage,
  percentOf,
  type RuleCoverage,
  type Share,
} from './cases/coverage.js'
export type { CaseFile, ExpectedDecision, PolicyCase } from './cases/policy-case.js'
export { type CasesRead, readPolicyCases } from './cases/read-cases.js'
export { type CaseResult, type CaseSettings, type CasesRun, runCases } from './cases/run-cases.js'
export * from './compare/index.js'
export { type CompiledPolicies, type CompileOptions, compilePolicies } from './compile-policies.js'
export { decide } from './decide.js'
export type { Decision, DecisionReason, Mismatch } from './decision.js'
export { type DescribedRequest, describedFacts, pathWithoutQuery } from './described-request.js'
export { type Diagnostic, diagnostic, hasErrors, type Place } from './diagnostic.js'
export { type DiagnosticCode, diagnosticCatalogue, type Severity } from './diagnostic-catalogue.js'
export { type Explanation, explain, type RuleExplanation } from './explain.js'
export type { Facts, Peer } from './facts.js'
export { type PolicyScope, policiesFor } from './policy-scope.js'
export {
  type PoliciesRead,
  type ReadPolicyOptions,
  readAuthorizationPolicies,
} from './reading/policy-document.js'
export { findDuplicates, type PolicyFile, readPolicyFiles } from './reading/policy-files.js'
export { readStringPattern, stringPatternText } from './reading/value-pattern.js'
export { remoteAddress } from './remote-address.js'
export {
  formatSpiffeId,
  isTrustDomain,
  parseSpiffeId,
  type SpiffeId,
  SpiffeIdError,
  type SpiffeIdErrorCode,
} from './spiffe-id.js'
export { nearestName } from './suggestion.js'
export { expandTrustDomains, type TrustDomains } from './trust-domain-aliases.js'
export { type ServiceAccountRef, selects, type Workload } from './workload.js'
export {
  labelsKey,
  namespaceKey,
  requestedWorkload,
  workloadMetadata,
} from './workload-metadata.js'
export {
  readYamlDocuments,
  type YamlDocuments,
  type YamlEntry,
  type YamlList,
  type YamlMap,
  type YamlNode,
  type YamlScalar,
} from './yaml/yaml-source.js'
export { entryOf, placeAt, plainValue } from './yaml/yaml-value.js'
