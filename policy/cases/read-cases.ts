import { type Diagnostic, diagnostic, hasErrors, type Place } from '../diagnostic.js'
import { type Report, readFields, readList } from '../reading/policy-fields.js'
import { readYamlDocuments, type YamlNode } from '../yaml/yaml-source.js'
import { entryOf } from '../yaml/yaml-value.js'
import { expectationFields, readExpectation } from './case-expectation.js'
import { caseReportTo, readString } from './case-fields.js'
import { completeRequest, type RequestParts, readRequest, requestFields } from './case-request.js'
import { readWorkload, workloadFields } from './case-workload.js'
import type { CaseFile, PolicyCase } from './policy-case.js'

/** What was read. With an error there are no cases. */
export interface CasesRead {
  readonly cases: CaseFile | undefined
  readonly diagnostics: readonly Diagnostic[]
}

/**
 * Reads the policy tests of one file: a mapping with `cases`, and `workload` and `defaults` if they
 * are needed. Nothing is passed over: every field is understood or refused, by line and column.
 *
 * @param text - one YAML document
 * @param file - the name of the file, for places
 *
 * @example
 * readPolicyCases(`
 *   cases:
 *     - name: nobody gets a token without a certificate
 *       request: {identity: none, method: POST, path: /token}
 *       expect: deny
 * `, 'token.test.yaml')
 */
export function readPolicyCases(text: string, file: string): CasesRead {
  const { documents, diagnostics: problems } = readYamlDocuments(text, file)
  if (hasErrors(problems)) return { cases: undefined, diagnostics: problems }
  const [root, second] = documents
  if (root === undefined) {
    const hint = 'Write cases, each with name, request and expect.'
    return refuse('SC0003', 'the file is empty', hint, { file, line: 1, column: 1 })
  }
  if (root.kind === 'map' && entryOf(root, 'apiVersion') !== undefined) {
    const hint = 'Name a file with cases; policies are read by way of sidecert.yaml.'
    return refuse('SC0502', 'the file is a resource and no policy test', hint, root.place)
  }
  if (second !== undefined) {
    const hint = 'Put all cases into one list, or into two files.'
    return refuse('SC0502', 'there is a second document in the file', hint, second.place)
  }
  const diagnostics: Diagnostic[] = []
  const cases = readFile(root, file, caseReportTo(diagnostics))
  return { cases: hasErrors(diagnostics) ? undefined : cases, diagnostics: sorted(diagnostics) }
}

/** From the top of the file to its end, whatever the order in which fields are looked at. */
function sorted(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  return [...diagnostics].sort(({ place: left }, { place: right }) => {
    if (left === undefined || right === undefined) return 0
    return left.line - right.line || left.column - right.column
  })
}

const caseFields = ['name', 'request', 'expect']

function readFile(root: YamlNode, file: string, report: Report): CaseFile {
  const fields = readFields(root, 'the file', ['workload', 'defaults', 'cases'], report, {
    'cases[]': caseFields,
    workload: workloadFields,
    defaults: requestFields,
  })
  const workload = fields.get('workload')
  const defaults = readRequest(fields.get('defaults')?.value, 'defaults', report)
  const cases = fields.get('cases')
  const items = cases === undefined ? [] : readList(cases.value, 'cases', report)
  if (root.kind === 'map' && items.length === 0 && (cases?.value.kind ?? 'list') === 'list') {
    const hint = 'Add cases, each with name, request and expect.'
    report('SC0503', 'the file has no cases', hint, (cases?.value ?? root).place)
  }
  const names = new Map<string, Place>()
  return {
    file,
    workload: workload && readWorkload(workload.value, 'workload', report),
    cases: items.flatMap((item, index) => {
      return readCase(item, `cases[${index}]`, { defaults, names, report }) ?? []
    }),
  }
}

interface CaseReading {
  readonly defaults: RequestParts
  /** The names so far, with their places. */
  readonly names: Map<string, Place>
  readonly report: Report
}

function readCase(
  node: YamlNode,
  where: string,
  { defaults, names, report }: CaseReading,
): PolicyCase | undefined {
  const fields = readFields(node, where, caseFields, report, {
    [`${where}.request`]: requestFields,
    [`${where}.expect`]: expectationFields,
  })
  if (node.kind !== 'map') return undefined
  for (const [field, hint] of Object.entries(asked)) {
    if (fields.has(field)) continue
    // Everything about a request may be in the defaults.
    if (field === 'request' && defaults.given.size > 0) continue
    report('SC0503', `${where} has no ${field}`, hint, node.place)
  }
  const [title, said, expect] = caseFields.map(field => fields.get(field)?.value)
  const name = title && readString(title, `${where}.name`, report)
  if (title !== undefined && name !== undefined) claimName(name, title.place, names, report)
  const own = readRequest(said, `${where}.request`, report)
  const expected = expect && readExpectation(expect, `${where}.expect`, report)
  const needed = said !== undefined || defaults.given.size > 0
  const place = said?.place ?? node.place
  const complete = needed
    ? completeRequest(own, defaults, place, `${where}.request`, report)
    : undefined
  if (name === undefined || expected === undefined || complete === undefined) return undefined
  return { name, ...complete, expected, place: node.place }
}

const asked: Readonly<Record<string, string>> = {
  name: 'Say in a few words what is to hold.',
  request: 'Add request with identity, method and path.',
  expect: 'Add expect: allow or expect: deny.',
}

/** A name stands for one case in reports, so that it may stand once. */
function claimName(name: string, place: Place, names: Map<string, Place>, report: Report): void {
  const earlier = names.get(name)
  if (earlier === undefined) {
    names.set(name, place)
    return
  }
  const message = `the name ${JSON.stringify(name)} stands already in line ${earlier.line}`
  report('SC0504', message, 'Say what differs between the two cases.', place)
}

function refuse(code: 'SC0003' | 'SC0502', message: string, hint: string, place: Place): CasesRead {
  return { cases: undefined, diagnostics: [diagnostic(code, message, hint, place)] }
}
