import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { glob } from 'tinyglobby'
import { type Configuration, isTestFile, type SourceFile } from '../config/index.js'
import {
  type AuthorizationPolicy,
  type CaseFile,
  entryOf,
  hasErrors,
  type PolicySet,
  readPolicyFiles,
  readYamlDocuments,
} from '../policy/index.js'
import { Failure } from './failure.js'
import { load, report } from './load.js'
import { findTestFiles, readTestFiles } from './test-files.js'

/** One side of a comparison, and whether its settings come from a sidecert.yaml. */
export interface PolicySide {
  readonly kind: 'configuration' | 'policies'
  readonly policySet: PolicySet
}

/** What plain policies are read with: nothing but Istio's own defaults. */
const istioDefaults = {
  trustDomain: 'cluster.local',
  trustDomainAliases: [],
  rootNamespace: 'istio-system',
  whenNoPolicy: 'allow',
  workloads: [],
  callers: [],
} as const

/**
 * Loads one side of a comparison: a sidecert.yaml, a directory that holds one, or a file or a
 * directory of plain AuthorizationPolicies.
 *
 * @throws {Failure} when there is nothing to load
 * @throws {Reported} when what is there has an error
 */
export async function loadPolicySide(path: string): Promise<PolicySide> {
  const found = await stat(path).catch(() => undefined)
  if (found === undefined) {
    throw new Failure(
      `${path} cannot be read: there is no such file`,
      'name a sidecert.yaml, a directory that holds one, or AuthorizationPolicies',
    )
  }
  if (found.isDirectory()) {
    const inside = join(path, 'sidecert.yaml')
    if ((await stat(inside).catch(() => undefined)) !== undefined) return fromConfiguration(inside)
    const { policies, tests } = await filesIn(path)
    return fromPolicies(policies, await readTests(tests))
  }
  const text = await readText(path)
  return isResource(text, path) ? fromPolicies([{ file: path, text }]) : fromConfiguration(path)
}

/** Resources of Kubernetes have a kind, and sidecert.yaml has no such key. */
function isResource(text: string, file: string): boolean {
  const [root] = readYamlDocuments(text, file).documents
  return root?.kind === 'map' && entryOf(root, 'kind') !== undefined
}

async function fromConfiguration(file: string): Promise<PolicySide> {
  const { configuration, policies } = await load(file)
  const { files } = await findTestFiles(file, [])
  const policySet = withTests(policySetOf(configuration, policies), await readTests(files))
  return { kind: 'configuration', policySet }
}

async function readTests(files: readonly string[]): Promise<readonly CaseFile[]> {
  const { cases, diagnostics } = await readTestFiles(files)
  const reported = report(diagnostics)
  if (hasErrors(diagnostics)) throw reported
  return cases
}

/** Adds whom and what the policy tests name. */
function withTests(policySet: PolicySet, tests: readonly CaseFile[]): PolicySet {
  const callers = tests.flatMap(({ cases }) => {
    return cases.flatMap(({ peer }) => (peer.kind === 'svid' ? peer.spiffeId : []))
  })
  const workloads = tests.flatMap(({ workload }) => workload ?? [])
  return {
    ...policySet,
    callers: [...policySet.callers, ...callers],
    workloads: [...policySet.workloads, ...workloads],
  }
}

/** Makes one side of a comparison of a sidecert.yaml and its policies. */
export function policySetOf(
  configuration: Configuration,
  policies: readonly AuthorizationPolicy[],
): PolicySet {
  const { service, authorizationServer, clients, apis, gateways, cluster } = configuration
  const { namespace, labels } = authorizationServer
  return {
    ...configuration,
    policies,
    whenNoPolicy: service.whenNoPolicy,
    namespaces:
      cluster === undefined || cluster.namespaces === 'all' ? undefined : cluster.namespaces,
    workloads: [{ namespace, labels }, service.workload],
    callers: [...clients, ...apis, ...gateways].map(({ spiffeId }) => spiffeId),
  }
}

function fromPolicies(files: readonly SourceFile[], tests: readonly CaseFile[] = []): PolicySide {
  const { policies, diagnostics } = readPolicyFiles(files)
  const reported = report(diagnostics)
  if (hasErrors(diagnostics)) throw reported
  return { kind: 'policies', policySet: withTests({ ...istioDefaults, policies }, tests) }
}

async function filesIn(
  directory: string,
): Promise<{ readonly policies: readonly SourceFile[]; readonly tests: readonly string[] }> {
  const found = await glob(['**/*.{yaml,yml}'], { cwd: directory, ignore: ['**/node_modules'] })
  const names = found.filter(name => !isTestFile(name))
  if (names.length === 0) {
    throw new Failure(
      `${directory} holds neither a sidecert.yaml nor policies`,
      'name a directory with a sidecert.yaml, or with AuthorizationPolicies in *.yaml',
    )
  }
  const files = names.sort().map(name => join(directory, name))
  return {
    policies: await Promise.all(files.map(async file => ({ file, text: await readText(file) }))),
    tests: found.filter(isTestFile).map(name => join(directory, name)),
  }
}

async function readText(file: string): Promise<string> {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(await readFile(file))
  } catch (error) {
    const reason = error instanceof TypeError ? 'it is not UTF-8 text' : 'it may not be read'
    throw new Failure(`${file} cannot be read: ${reason}`, 'name a readable text file')
  }
}
