import { readdir, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { isTestFile, loadConfiguration } from '../config/index.js'
import { type CaseFile, type Diagnostic, diagnostic, readPolicyCases } from '../policy/index.js'

/** Where policy tests are, and what they stand beside. */
export interface TestFiles {
  readonly files: readonly string[]
  /** The directories whose files decide the outcome. */
  readonly directories: readonly string[]
}

/**
 * Finds the files of policy tests: those that were named, or every `*.test.yaml` in the directories
 * of the policy files, or of sidecert.yaml itself when it names no policy file.
 */
export async function findTestFiles(
  config: string,
  named: readonly string[],
): Promise<TestFiles & { readonly searched: readonly string[] }> {
  const { policyFiles } = await loadConfiguration(config)
  const beside = policyFiles.length === 0 ? [config] : policyFiles.map(({ file }) => file)
  const searched = [...new Set(beside.map(file => dirname(file)))]
  const found = named.length > 0 ? named : (await Promise.all(searched.map(testFilesIn))).flat()
  const files = [...new Set(found)]
  const directories = [dirname(config), ...searched, ...files.map(file => dirname(file))]
  return { files, searched, directories: [...new Set(directories)] }
}

/** Reads files of policy tests. With any error there are no cases of that file. */
export async function readTestFiles(
  files: readonly string[],
): Promise<{ readonly cases: readonly CaseFile[]; readonly diagnostics: readonly Diagnostic[] }> {
  const read = await Promise.all(files.map(readTestFile))
  return {
    cases: read.flatMap(({ cases }) => cases ?? []),
    diagnostics: read.flatMap(({ diagnostics }) => diagnostics),
  }
}

async function testFilesIn(directory: string): Promise<readonly string[]> {
  const names = await readdir(directory).catch(() => [])
  const tests = names.filter(name => isTestFile(name) && !name.startsWith('.'))
  return tests.sort().map(name => join(directory, name))
}

async function readTestFile(file: string) {
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(await readFile(file))
  } catch (error) {
    const reason = error instanceof TypeError ? 'it is not UTF-8 text' : codeOf(error)
    const hint = 'Name a readable file of policy tests.'
    const finding = diagnostic('SC0001', `${file} cannot be read: ${reason}`, hint)
    return { cases: undefined, diagnostics: [finding] }
  }
  return readPolicyCases(text, file)
}

function codeOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
  const known: Readonly<Record<string, string>> = {
    ENOENT: 'there is no such file',
    EACCES: 'permission is denied',
    EISDIR: 'it is a directory',
  }
  return known[code] ?? code
}
