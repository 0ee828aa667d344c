import { create } from 'xmlbuilder2'
import type { CaseResult } from '../policy/index.js'
import { coloursFor } from './colours.js'
import { visibleText } from './render-test-name.js'
import { byFile, hasFailed, renderFailure } from './render-test-results.js'

/**
 * Renders what became of the cases as JUnit XML, which CI systems read: a `testsuite` for each file, a
 * `testcase` for each case, and in a failed one its explanation. The same results give the same text.
 */
export function renderJunit(results: readonly CaseResult[]): string {
  const suites = byFile(results).map(([file, its]) => {
    return { '@name': visibleText(file), ...counts(its), testcase: its.map(caseElement) }
  })
  const testsuites = { '@name': 'sidecert', ...counts(results), testsuite: suites }
  const document = create({ version: '1.0', encoding: 'UTF-8' }, { testsuites })
  return `${document.end({ prettyPrint: true })}\n`
}

function counts(results: readonly CaseResult[]) {
  return { '@tests': results.length, '@failures': results.filter(hasFailed).length, '@errors': 0 }
}

function caseElement(result: CaseResult): object {
  const { case: each, differences } = result
  const file = visibleText(result.file)
  const attributes = {
    '@name': visibleText(each.name),
    '@classname': file,
    '@file': file,
    '@line': each.place.line,
  }
  if (!hasFailed(result)) return attributes
  const message = differences
    .map(({ field, expected, got }) => `${field}: expected ${expected}, got ${got}`)
    .join('; ')
  // Line ends are the only control characters that XML text keeps as they are.
  const lines = renderFailure(result, coloursFor({})).split('\n').map(visibleText)
  return {
    ...attributes,
    failure: { '@message': visibleText(message), '@type': 'decision', '#': lines.join('\n') },
  }
}
