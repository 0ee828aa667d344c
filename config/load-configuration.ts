import { readFile } from 'node:fs/promises'
import { dirname, isAbsolute, join, relative, resolve } from 'node:path'
import { glob } from 'tinyglobby'
import { type Diagnostic, diagnostic, hasErrors } from '../policy/index.js'
import type { Configuration } from './configuration.js'
import { inputDirectories } from './input-directories.js'
import { readConfiguration } from './read-configuration.js'

/** A file's text with the name that diagnostics use for it. */
export interface SourceFile {
  readonly file: string
  readonly text: string
}

/** A file that was asked for, with its text or without when it could not be read. */
export interface InputFile {
  readonly file: string
  readonly text: string | undefined
}

/** What {@link loadConfiguration} finds: with any error there is no configuration. */
export interface LoadedConfiguration {
  readonly configuration?: Configuration
  /**
   * The policy files, in the order of `policies`, each once, alphabetical within one pattern. Files
   * of policy tests (`*.test.yaml`) are not among them, whatever the pattern.
   */
  readonly policyFiles: readonly SourceFile[]
  readonly diagnostics: readonly Diagnostic[]
  /** All that was read, also when it is refused: sidecert.yaml, then the policy files. */
  readonly inputs: readonly InputFile[]
  /** The directories in which a file that comes, changes or goes can make a difference. */
  readonly directories: readonly string[]
}

/**
 * Reads sidecert.yaml and the policy files that it names; parsing those is
 * `readAuthorizationPolicies`'s business.
 *
 * @param path - the file; absolute or relative to the working directory
 */
export async function loadConfiguration(path: string): Promise<LoadedConfiguration> {
  const source = await readSource(path)
  const own = [dirname(path)]
  if ('code' in source) {
    const inputs = [{ file: path, text: undefined }]
    return { policyFiles: [], diagnostics: [source], inputs, directories: own }
  }
  const { configuration, diagnostics } = readConfiguration(source.text, path)
  if (configuration === undefined) {
    return { policyFiles: [], diagnostics, inputs: [source], directories: own }
  }
  const found = await readPolicyFiles(configuration)
  const all = [...diagnostics, ...found.diagnostics]
  const inputs = [source, ...found.inputs]
  const directories = inputDirectories(configuration, inputs)
  return hasErrors(all)
    ? { policyFiles: [], diagnostics: all, inputs, directories }
    : { configuration, policyFiles: found.files, diagnostics: all, inputs, directories }
}

/** Reads the files that the patterns of `policies` stand for. */
async function readPolicyFiles({ file, policies }: Configuration) {
  const files = new Map<string, SourceFile>()
  const inputs: InputFile[] = []
  const diagnostics: Diagnostic[] = []
  for (const { pattern, place } of policies) {
    const paths = await matches(pattern, dirname(file))
    if (paths.length === 0) {
      const hint = 'Patterns are relative to the file that names them; mend or remove it.'
      diagnostics.push(diagnostic('SC0004', `the pattern ${pattern} matches no file`, hint, place))
    }
    for (const path of paths) {
      if (files.has(path)) continue
      const source = await readSource(path)
      if ('code' in source) diagnostics.push(source)
      else files.set(path, source)
      inputs.push('code' in source ? { file: path, text: undefined } : source)
    }
  }
  return { files: [...files.values()], inputs, diagnostics }
}

/** Tells whether a file is one of policy tests, which stand beside the policies, by its name. */
export function isTestFile(path: string): boolean {
  return /\.test\.ya?ml$/.test(path)
}

/** Sorted by code units: the order of a directory differs from machine to machine. */
async function matches(pattern: string, directory: string): Promise<readonly string[]> {
  const found = await glob([pattern], {
    cwd: resolve(directory),
    absolute: true,
    onlyFiles: true,
    dot: false,
    expandDirectories: false,
  })
  const shown = (path: string) =>
    isAbsolute(pattern) || isAbsolute(directory)
      ? path
      : join(directory, relative(resolve(directory), path))
  const policies = found.filter(path => !isTestFile(path))
  return policies.map(shown).sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))
}

async function readSource(file: string): Promise<SourceFile | Diagnostic> {
  try {
    const bytes = await readFile(file)
    return { file, text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) }
  } catch (error) {
    return diagnostic('SC0001', `${file} cannot be read: ${reason(error)}`, hint(error))
  }
}

function reason(error: unknown): string {
  if (error instanceof TypeError) return 'it is not UTF-8 text'
  const code = codeOf(error)
  const known: Readonly<Record<string, string>> = {
    ENOENT: 'there is no such file',
    EACCES: 'permission is denied',
    EISDIR: 'it is a directory',
    ENOTDIR: 'a part of its path is not a directory',
  }
  return known[code] ?? code
}

function hint(error: unknown): string {
  return codeOf(error) === 'ENOENT' ? 'Name an existing file.' : 'Name a readable text file.'
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
}
