import { Buffer } from 'node:buffer'
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import {
  type Configuration,
  impliedPolicies,
  loadConfiguration,
  type Target,
} from '../../config/index.js'
import { type GeneratedFile, generate, type PartName, partNames } from '../../envoyfilters/index.js'
import { readTrustBundle } from '../../ext-authz/index.js'
import { hasErrors, readPolicyFiles } from '../../policy/index.js'

const folder = 'test/golden'

/** The cases: adding a folder is adding a case. */
export const goldenCases: readonly string[] = readdirSync(folder).sort()

/** Where the expected files of a case lie, as Envoy is told it when it is started in the project. */
export function expectedFolder(name: string): string {
  return join(folder, name, 'out')
}

/** Generates every way of forwarding of a sidecert.yaml, and all that belongs to it. */
export async function generateAll(
  file: string,
  directory: string,
  target?: Target,
  only?: readonly PartName[],
): Promise<readonly GeneratedFile[]> {
  const { configuration, policyFiles, inputs, diagnostics } = await loadConfiguration(file)
  if (configuration === undefined) throw new Error(JSON.stringify(diagnostics))
  const read = readPolicyFiles([...policyFiles, ...implied(configuration)])
  const options = {
    forwarding: 'all',
    directory,
    policyFiles,
    authorities: authorities(configuration),
    inputs: [...inputs, ...configuration.trustBundles].map(({ file }) => ({
      file,
      text: readFileSync(file, 'utf8'),
    })),
    ...(target === undefined ? {} : { target }),
    ...(only === undefined ? {} : { only }),
  } as const
  const generated = generate(configuration, read.policies, options)
  const found = [...read.diagnostics, ...generated.diagnostics]
  if (hasErrors(found)) throw new Error(JSON.stringify(found))
  return generated.files
}

/** The authorities of the own trust domain, as the command line hands them over. */
function authorities({ trustBundles, trustDomain }: Configuration): readonly string[] {
  const own = trustBundles.find(bundle => bundle.trustDomain === trustDomain)
  if (own === undefined) return []
  const { bundle } = readTrustBundle(readFileSync(own.file, 'utf8'), own)
  if (bundle === undefined) throw new Error(`${own.file} is not a trust bundle`)
  return [...bundle.anchors, ...bundle.intermediates].map(({ der }) => {
    const lines =
      Buffer.from(der)
        .toString('base64')
        .match(/.{1,64}/g) ?? []
    return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n')
  })
}

/** The deployment of the service has tests of its own, and many files. */
const parts = partNames.filter(name => name !== 'service')

/** Generates the files of a case. */
export function generateCase(name: string): Promise<readonly GeneratedFile[]> {
  const file = join(folder, name, 'in', 'sidecert.yaml')
  return generateAll(file, expectedFolder(name), undefined, parts)
}

/** Reads the expected files of a case, sorted by path. */
export function readExpected(name: string): readonly GeneratedFile[] {
  return readFolder(expectedFolder(name))
}

/** Reads all files of a folder, sorted by path. */
export function readFolder(root: string): readonly GeneratedFile[] {
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => join(entry.parentPath, entry.name).slice(root.length + 1))
    .sort()
    .map(path => ({ path, content: readFileSync(join(root, path), 'utf8') }))
}

/** Makes what was generated the expectation. */
export function rewriteExpected(name: string, files: readonly GeneratedFile[]): void {
  rewriteFolder(expectedFolder(name), files)
}

/** Makes files the only ones of a folder. */
export function rewriteFolder(root: string, files: readonly GeneratedFile[]): void {
  rmSync(root, { recursive: true, force: true })
  for (const { path, content, executable } of files) {
    const file = join(root, path)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, content, { mode: executable ? 0o755 : 0o644 })
  }
}

function implied(configuration: Configuration) {
  const policy = impliedPolicies(configuration)
  return policy === undefined ? [] : [policy]
}
