import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { type Finding, type LintResult, lintCatalogue } from '../lint/index.js'
import { diagnosticCatalogue } from '../policy/index.js'

/**
 * Makes a SARIF 2.1.0 log of what the linter found, for code hosts that show such logs beside the
 * code. Accepted findings are in it as suppressed, with the reason.
 *
 * The fingerprint of a result is made of its code, its file and the text of its line, so that it stays
 * when lines are added above it.
 *
 * @param texts - the content of every file, by name
 */
export function sarifLog(
  { findings, accepted }: LintResult,
  texts: ReadonlyMap<string, string>,
): object {
  const everything = [...findings, ...accepted.map(({ finding }) => finding)]
  const codes = [...new Set(everything.map(({ code }) => code))].sort()
  const fingerprint = fingerprints(texts)
  const result = (found: Finding, suppressions: object) => ({
    ruleId: found.code,
    ruleIndex: codes.indexOf(found.code),
    level: found.severity,
    message: { text: `${found.message}. ${found.why} Mend: ${found.mend}` },
    locations: [{ physicalLocation: physicalLocation(found) }],
    partialFingerprints: { 'sidecertLint/v1': fingerprint(found) },
    ...suppressions,
  })
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: { name: 'sidecert', version: packageVersion(), rules: codes.map(rule) },
        },
        columnKind: 'utf16CodeUnits',
        results: [
          ...findings.map(found => result(found, {})),
          ...accepted.map(({ finding, reason }) =>
            result(finding, {
              suppressions: [{ kind: 'inSource', status: 'accepted', justification: reason }],
            }),
          ),
        ],
      },
    ],
  }
}

function rule(code: Finding['code']): object {
  const known = Object.hasOwn(lintCatalogue, code)
  const entry = known ? lintCatalogue[code as keyof typeof lintCatalogue] : undefined
  const { title, severity } = entry ?? diagnosticCatalogue[code as keyof typeof diagnosticCatalogue]
  const reference = entry !== undefined && 'reference' in entry ? entry.reference : undefined
  return {
    id: code,
    shortDescription: { text: title },
    fullDescription: { text: entry?.why ?? title },
    help: { text: entry === undefined ? title : `${entry.why} Mend: ${entry.mend}` },
    ...(reference === undefined ? {} : { helpUri: reference }),
    defaultConfiguration: { level: severity },
  }
}

function physicalLocation({ place }: Finding): object {
  const { file, line, column, endColumn } = place
  return {
    artifactLocation: { uri: uriOf(file) },
    region: {
      startLine: line,
      startColumn: column,
      ...(endColumn === undefined || endColumn <= column ? {} : { endLine: line, endColumn }),
    },
  }
}

/** A relative reference with slashes, as code hosts expect it; an absolute path keeps its root. */
function uriOf(file: string): string {
  const path = file.replaceAll('\\', '/').replace(/^(?:\.\/)+/, '')
  const encoded = path.split('/').map(encodeURIComponent).join('/')
  return path.startsWith('/') ? `file://${encoded}` : encoded
}

function fingerprints(texts: ReadonlyMap<string, string>): (found: Finding) => string {
  const lines = new Map([...texts].map(([file, text]) => [file, text.split(/\r?\n/)]))
  const seen = new Map<string, number>()
  return ({ code, place }) => {
    const line = lines.get(place.file)?.[place.line - 1]?.trim() ?? ''
    const key = JSON.stringify([code, uriOf(place.file), line])
    const occurrence = (seen.get(key) ?? 0) + 1
    seen.set(key, occurrence)
    return createHash('sha256').update(`${key}:${occurrence}`).digest('hex').slice(0, 32)
  }
}

function packageVersion(): string {
  const manifest = new URL('../../package.json', import.meta.url)
  return (JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }).version
}
