import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import {
  type Configuration,
  impliedPolicies,
  loadConfiguration,
  type Target,
} from '../../config/index.js'
import { type GeneratedFile, generate } from '../../envoyfilters/index.js'
import { hasErrors, readPolicyFiles } from '../../policy/index.js'

const folder = 'test/golden'

/** The cases: adding a folder is adding a case. */
export const goldenCases: readonly string[] = readdirSync(folder).sort()

/** Where the expected files of a case lie, as Envoy is told it when it is started in the project. */
export function expectedFolder(name: string): string {
  return join(folder, name, 'out')
}

/** Generates every way of forwarding of a sidecert.yaml. */
export async function generateAll(
  file: string,
  directory: string,
  target?: Target,
): Promise<readonly GeneratedFile[]> {
  const { configuration, policyFiles, diagnostics } = await loadConfiguration(file)
  if (configuration === undefined) throw new Error(JSON.stringify(diagnostics))
  const read = readPolicyFiles([...policyFiles, ...implied(configuration)])
  const options = {
    forwarding: 'all',
    directory,
    ...(target === undefined ? {} : { target }),
  } as const
  const generated = generate(configuration, read.policies, options)
  const found = [...read.diagnostics, ...generated.diagnostics]
  if (hasErrors(found)) throw new Error(JSON.stringify(found))
  return generated.files
}

/** Generates the files of a case. */
export function generateCase(name: string): Promise<readonly GeneratedFile[]> {
  return generateAll(join(folder, name, 'in', 'sidecert.yaml'), expectedFolder(name))
}

/** Reads the expected files of a case, sorted by path. */
export function readExpected(name: string): readonly GeneratedFile[] {
  const root = expectedFolder(name)
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => join(entry.parentPath, entry.name).slice(root.length + 1))
    .sort()
    .map(path => ({ path, content: readFileSync(join(root, path), 'utf8') }))
}

/** Makes what was generated the expectation. */
export function rewriteExpected(name: string, files: readonly GeneratedFile[]): void {
  rmSync(expectedFolder(name), { recursive: true, force: true })
  for (const { path, content } of files) {
    const file = join(expectedFolder(name), path)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, content)
  }
}

function implied(configuration: Configuration) {
  const policy = impliedPolicies(configuration)
  return policy === undefined ? [] : [policy]
}
