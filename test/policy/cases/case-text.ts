import {
  type AuthorizationPolicy,
  type CaseFile,
  type CaseSettings,
  type CasesRun,
  readPolicyCases,
  runCases,
} from '../../../policy/index.js'

const settings: Omit<CaseSettings, 'policies'> = {
  trustDomain: 'td',
  trustDomainAliases: [],
  rootNamespace: 'istio-system',
  whenNoPolicy: 'deny',
  workload: { namespace: 'curity', labels: { role: 'runtime' } },
}

/** Reads cases that are expected to have no error. */
export function cases(text: string, file = 'a.test.yaml'): CaseFile {
  const read = readPolicyCases(text, file)
  if (read.cases === undefined) {
    throw new Error(read.diagnostics.map(({ message }) => message).join('\n'))
  }
  return read.cases
}

/** Runs cases against policies, for the workload `curity` with the label `role: runtime`. */
export function run(
  policies: readonly AuthorizationPolicy[],
  files: readonly CaseFile[],
  different: Partial<CaseSettings> = {},
): CasesRun {
  return runCases(files, { ...settings, policies, ...different })
}

/** Writes one case in YAML's flow style; the request of nobody for / when nothing else is said. */
export function caseText(
  name: string,
  expect: string,
  request = '{identity: none, path: /}',
): string {
  return `  - {name: ${name}, request: ${request}, expect: ${expect}}\n`
}
