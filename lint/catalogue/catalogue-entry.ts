/** How much a finding weighs: errors and warnings are objections, notes are worth a look. */
export type FindingSeverity = 'error' | 'warning' | 'note'

/** What the catalogue says of a code. */
export interface CatalogueEntry {
  readonly severity: FindingSeverity
  /** What the code stands for, in a few words. */
  readonly title: string
  /** What follows from it. */
  readonly why: string
  readonly mend: string
  /** An address where the rule behind it is written down. */
  readonly reference?: string
}
