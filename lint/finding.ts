import type { Diagnostic, DiagnosticCode, Place } from '../policy/index.js'
import { diagnosticCatalogue } from '../policy/index.js'
import { type FindingSeverity, type LintCode, lintCatalogue } from './catalogue.js'

/** Something that is unsafe or cannot work, as data; rendering belongs to the command line. */
export interface Finding {
  readonly code: LintCode | DiagnosticCode
  readonly severity: FindingSeverity
  /** What is wrong here, in one line. */
  readonly message: string
  /** What follows from it. */
  readonly why: string
  readonly mend: string
  /** Where the rule behind it is written down. */
  readonly reference?: string
  readonly place: Place
}

/**
 * Makes a finding of a catalogued code; everything but message and place comes from the catalogue.
 *
 * @param mend - where more than the catalogue's can be said
 */
export function finding(code: LintCode, message: string, place: Place, mend?: string): Finding {
  const entry = lintCatalogue[code]
  return {
    code,
    severity: entry.severity,
    message,
    why: entry.why,
    mend: mend ?? entry.mend,
    ...('reference' in entry ? { reference: entry.reference } : {}),
    place,
  }
}

/** Makes a finding of a diagnostic, which keeps its code. */
export function diagnosticFinding(
  { code, severity, message, hint, place }: Diagnostic,
  file: string,
): Finding {
  const why = `${diagnosticCatalogue[code].title}.`
  return {
    code,
    severity,
    message,
    why: `${why.charAt(0).toUpperCase()}${why.slice(1)}`,
    mend: hint,
    place: place ?? { file, line: 1, column: 1 },
  }
}
