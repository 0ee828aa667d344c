import { readFile, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { glob } from 'tinyglobby'
import { type Configuration, loadConfiguration } from '../config/index.js'
import { diagnosticFinding, type Finding, type LintedFile } from '../lint/index.js'
import { readPolicyFiles, readYamlDocuments } from '../policy/index.js'
import { Failure } from './failure.js'
import { report } from './load.js'

/** What `sidecert lint` works on. */
export interface LintCommandInput {
  readonly files: readonly LintedFile[]
  readonly configurations: readonly Configuration[]
  readonly governed: ReadonlyMap<string, string>
  readonly findings: readonly Finding[]
}

/**
 * Gathers what is to be linted: the named files and what the named directories hold, and for every
 * sidecert.yaml among them the policies that it names. Without a path, that of `config`.
 *
 * @throws {Failure} when a named file cannot be read
 * @throws {Reported} when a named file is no YAML
 */
export async function gatherLintInput(
  paths: readonly string[],
  config: string,
): Promise<LintCommandInput> {
  if (paths.length === 0) {
    const source = await configured(config)
    if (source.configuration === undefined) throw report(source.diagnostics)
    return merge([], [source])
  }
  const found = new Map<string, LintedFile>()
  const configurationFiles: string[] = []
  for (const path of paths) {
    const directory = (await stat(path)).isDirectory()
    for (const file of directory ? await filesIn(path) : [path]) {
      if (isConfiguration(file)) configurationFiles.push(file)
      else {
        const group = directory ? dirname(file) : ''
        found.set(file, { file, text: await textOf(file), group })
      }
    }
    const source = found.get(path)
    if (!directory && source !== undefined) refuseBroken(source)
  }
  return merge([...found.values()], await Promise.all(configurationFiles.map(configured)))
}

type Configured = Awaited<ReturnType<typeof configured>>

async function configured(file: string) {
  const loaded = await loadConfiguration(file)
  const text = await readFile(file, 'utf8').catch(() => '')
  return { ...loaded, file, text }
}

function merge(files: readonly LintedFile[], configured: readonly Configured[]): LintCommandInput {
  const governed = configured.flatMap(({ policyFiles }) => policyFiles)
  const own = configured.map(({ file, text }) => ({ file, text }))
  const all = [...own, ...governed, ...files]
  return {
    files: [...new Map(all.map(file => [file.file, file])).values()],
    configurations: configured.flatMap(({ configuration }) => configuration ?? []),
    governed: new Map(
      configured.flatMap(({ file, policyFiles }) =>
        [file, ...policyFiles.map(policy => policy.file)].map(name => [name, file] as const),
      ),
    ),
    // What would keep the service from loading the policies is a finding, whatever else it is.
    findings: configured.flatMap(({ diagnostics, policyFiles, file }) =>
      [...diagnostics, ...readPolicyFiles(policyFiles).diagnostics].map(diagnostic =>
        diagnosticFinding(diagnostic, file),
      ),
    ),
  }
}

/** Sorted by code units: the order of a directory differs from machine to machine. */
async function filesIn(directory: string): Promise<readonly string[]> {
  const found = await glob(['**/*.{yaml,yml,json}'], {
    cwd: directory,
    onlyFiles: true,
    dot: true,
    expandDirectories: false,
    ignore: ['**/node_modules/**', '**/.git/**'],
  })
  return found.map(file => join(directory, file)).sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))
}

function isConfiguration(file: string): boolean {
  return /^sidecert\.ya?ml$/.test(basename(file))
}

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch {
    throw new Failure(`${file} cannot be read`, 'name a readable file')
  }
}

/** Whoever names a file expects it to be linted. In a directory there may be templates. */
function refuseBroken({ file, text }: LintedFile): void {
  if (!/\.(?:ya?ml|json)$/.test(file)) return
  const { diagnostics } = readYamlDocuments(text, file)
  const syntax = diagnostics.filter(({ code, message }) => {
    return (
      code === 'SC0002' &&
      !/stands twice|is not a string|not understood|larger than|expand/.test(message)
    )
  })
  if (syntax.length > 0) throw report(syntax)
}
