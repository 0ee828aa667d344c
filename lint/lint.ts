import type { Configuration } from '../config/index.js'
import { type AcceptedFinding, applyAcceptances } from './acceptance.js'
import type { Finding } from './finding.js'
import { lintContext } from './lint-context.js'
import { lintRules } from './rules.js'
import {
  type LintedFile,
  readSource,
  type SkippedFile,
  type Source,
  sourceGroups,
} from './source/source.js'

/** What the files are held against. */
export interface LintOptions {
  /** Every sidecert.yaml that belongs to the files. */
  readonly configurations?: readonly Configuration[]
  /** The files that a sidecert.yaml names, and it itself, each with that one's name. */
  readonly governed?: ReadonlyMap<string, string>
  /** What reading sidecert.yaml found already. */
  readonly findings?: readonly Finding[]
}

/** What the linter has to say. */
export interface LintResult {
  /** By file, line, column and code; none twice. */
  readonly findings: readonly Finding[]
  readonly accepted: readonly AcceptedFinding[]
  /** The names of the files that were read. */
  readonly read: readonly string[]
  readonly skipped: readonly SkippedFile[]
}

/** Lints files: within a group, what one says may explain what another one does. */
export function lint(files: readonly LintedFile[], options: LintOptions = {}): LintResult {
  const { configurations = [], governed = new Map<string, string>() } = options
  const sources = files.map(readSource)
  const contexts = sourceGroups(sources, governed).map(group => {
    const owners = new Set(group.map(({ file }) => governed.get(file)))
    return lintContext(
      group,
      configurations.filter(({ file }) => owners.has(file)),
      governed,
    )
  })
  const raised = [
    ...(options.findings ?? []),
    ...contexts.flatMap(context => lintRules.flatMap(rule => rule.check(context))),
  ]
  const texts = new Map(files.map(({ file, text }) => [file, text]))
  // A file without findings may still have an acceptance that nothing matches.
  const byFile = new Map<string, Finding[]>([...texts.keys()].map(file => [file, []]))
  for (const found of distinct(raised)) {
    const { file } = found.place
    byFile.set(file, [...(byFile.get(file) ?? []), found])
  }
  const results = [...byFile].map(([file, findings]) =>
    applyAcceptances(texts.get(file) ?? '', file, findings),
  )
  return {
    findings: results.flatMap(({ findings }) => findings).sort(byPlace),
    accepted: results.flatMap(({ accepted }) => accepted),
    read: sources.filter(source => isRead(source, governed)).map(({ file }) => file),
    skipped: sources
      .filter(source => !isRead(source, governed))
      .map(({ file, skipped }) => ({ file, reason: skipped ?? 'other' })),
  }
}

function isRead({ file, skipped }: Source, governed: ReadonlyMap<string, string>): boolean {
  return skipped === undefined || governed.has(file)
}

function distinct(findings: readonly Finding[]): readonly Finding[] {
  const seen = new Map(
    findings.map(found => [JSON.stringify([found.code, found.message, found.place]), found]),
  )
  return [...seen.values()]
}

function byPlace(a: Finding, b: Finding): number {
  if (a.place.file !== b.place.file) return a.place.file < b.place.file ? -1 : 1
  return (
    a.place.line - b.place.line || a.place.column - b.place.column || (a.code < b.code ? -1 : 1)
  )
}
