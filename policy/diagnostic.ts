import { type DiagnosticCode, diagnosticCatalogue, type Severity } from './diagnostic-catalogue.js'

/** A place in a text: line and column count from 1, columns in UTF-16 code units. */
export interface Place {
  readonly file: string
  readonly line: number
  readonly column: number
  /** The column after the last marked character, on the same line. */
  readonly endColumn?: number
}

/**
 * A finding about a user's input, as data: what is wrong, where, and the mend.
 *
 * Rendering (colour, source line, caret) belongs to the command line.
 */
export interface Diagnostic {
  readonly code: DiagnosticCode
  readonly severity: Severity
  readonly message: string
  readonly hint: string
  readonly place?: Place
}

/** Makes a diagnostic of a catalogued code; the severity comes from the catalogue. */
export function diagnostic(
  code: DiagnosticCode,
  message: string,
  hint: string,
  place?: Place,
): Diagnostic {
  const { severity } = diagnosticCatalogue[code]
  return place === undefined
    ? { code, severity, message, hint }
    : { code, severity, message, hint, place }
}

/** Tells whether any of the diagnostics forbids going on. */
export function hasErrors(diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.some(({ severity }) => severity === 'error')
}
