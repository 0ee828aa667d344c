import { readFileSync } from 'node:fs'
import type { Diagnostic, Place } from '../policy/index.js'
import type { Colours } from './colours.js'

/**
 * Renders diagnostics for people: code and message, the place with its source line and a caret,
 * and the mend. Files are read again for their lines; one that has gone is shown without.
 */
export function renderDiagnostics(diagnostics: readonly Diagnostic[], colours: Colours): string {
  const lines = new SourceLines()
  return diagnostics.map(diagnostic => renderDiagnostic(diagnostic, lines, colours)).join('\n')
}

function renderDiagnostic(
  { code, severity, message, hint, place }: Diagnostic,
  lines: SourceLines,
  colours: Colours,
): string {
  const paint = severity === 'error' ? colours.red : colours.yellow
  const head = `${paint(colours.bold(`${severity} ${code}`))}: ${message}\n`
  return (
    head +
    (place ? renderPlace(place, lines, colours) : '') +
    `  ${colours.cyan('mend')}: ${hint}\n`
  )
}

function renderPlace(place: Place, lines: SourceLines, colours: Colours): string {
  const where = `  ${colours.dim('-->')} ${place.file}:${place.line}:${place.column}\n`
  const source = lines.line(place.file, place.line)
  if (source === undefined || source.trim() === '') return where
  const gutter = String(place.line)
  const blank = ' '.repeat(gutter.length)
  const width = Math.max(1, (place.endColumn ?? place.column + 1) - place.column)
  // A tab keeps its width, so that the caret stands under the character it means.
  const indent = source.slice(0, place.column - 1).replace(/[^\t]/g, ' ')
  const marks = '^'.repeat(Math.min(width, Math.max(1, source.length - place.column + 1)))
  return `${where}  ${colours.dim(`${gutter} |`)} ${source}\n  ${colours.dim(`${blank} |`)} ${indent}${colours.red(marks)}\n`
}

/** Lines of files, each file read once. */
class SourceLines {
  readonly #files = new Map<string, readonly string[]>()

  line(file: string, line: number): string | undefined {
    const known = this.#files.get(file) ?? this.#read(file)
    return known[line - 1]
  }

  #read(file: string): readonly string[] {
    const lines = readLines(file)
    this.#files.set(file, lines)
    return lines
  }
}

function readLines(file: string): readonly string[] {
  try {
    return readFileSync(file, 'utf8').split(/\r?\n/)
  } catch {
    return []
  }
}
