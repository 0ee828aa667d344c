import { acceptanceCodes } from './catalogue/acceptance-codes.js'
import type { CatalogueEntry } from './catalogue/catalogue-entry.js'
import { envoyCodes } from './catalogue/envoy-codes.js'
import { istioCodes } from './catalogue/istio-codes.js'
import { policyCodes } from './catalogue/policy-codes.js'

export type { CatalogueEntry, FindingSeverity } from './catalogue/catalogue-entry.js'

/**
 * Every code of the linter. A code is never reused for something else and never renumbered.
 *
 * SL0xxx acceptances, SL1xxx policies, SL2xxx Kubernetes and Istio resources, SL3xxx Envoy
 * configuration. What the reader of policies refuses keeps its own code, SC02xx.
 */
export const lintCatalogue = {
  ...acceptanceCodes,
  ...policyCodes,
  ...istioCodes,
  ...envoyCodes,
} as const satisfies Record<string, CatalogueEntry>

/** A code of the linter, such as `SL1001`. */
export type LintCode = keyof typeof lintCatalogue
