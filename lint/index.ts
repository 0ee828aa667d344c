/** What is unsafe or cannot work in policies, Kubernetes resources and Envoy configuration. */
export type { AcceptedFinding } from './acceptance.js'
export {
  type CatalogueEntry,
  type FindingSeverity,
  type LintCode,
  lintCatalogue,
} from './catalogue.js'
export { diagnosticFinding, type Finding } from './finding.js'
export { type LintOptions, type LintResult, lint } from './lint.js'
export type { LintRule } from './rule.js'
export { lintRules } from './rules.js'
export type { LintedFile, SkippedFile } from './source/source.js'
