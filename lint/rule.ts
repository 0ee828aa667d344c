import type { LintCode } from './catalogue.js'
import type { LintContext } from './context.js'
import type { Finding } from './finding.js'

/**
 * One rule, or one small family of them.
 *
 * A rule speaks only of what the files show: what another file might say, it takes for granted.
 */
export interface LintRule {
  /** What it can raise. */
  readonly codes: readonly LintCode[]
  readonly check: (context: LintContext) => readonly Finding[]
}
