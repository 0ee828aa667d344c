import { readFile } from 'node:fs/promises'
import type { Configuration, InputFile } from '../config/index.js'
import { readTrustBundle, type TrustBundle } from '../ext-authz/index.js'
import { type Diagnostic, diagnostic } from '../policy/index.js'

/** The file of a trust bundle, with its text or without when it could not be read. */
export interface TrustBundleFile extends InputFile {
  readonly trustDomain: string
}

/** Trust bundles by trust domain; undefined when none is named. */
export interface TrustBundlesRead {
  readonly bundles: ReadonlyMap<string, TrustBundle> | undefined
  readonly diagnostics: readonly Diagnostic[]
}

/** Reads the files of the trust bundles that sidecert.yaml names. */
export function trustBundleFiles({
  trustBundles,
}: Configuration): Promise<readonly TrustBundleFile[]> {
  return Promise.all(
    trustBundles.map(async ({ file, trustDomain }) => ({
      file,
      trustDomain,
      text: await readFile(file, 'utf8').catch(() => undefined),
    })),
  )
}

/** Reads trust bundles from the texts of their files. */
export function readTrustBundles(files: readonly TrustBundleFile[]): TrustBundlesRead {
  if (files.length === 0) return { bundles: undefined, diagnostics: [] }
  const bundles = new Map<string, TrustBundle>()
  const diagnostics: Diagnostic[] = []
  for (const { file, trustDomain, text } of files) {
    if (text === undefined) {
      const message = `the trust bundle ${file} cannot be read`
      const hint = 'name an existing, readable file in trustBundles'
      diagnostics.push(diagnostic('SC0001', message, hint))
      continue
    }
    const read = readTrustBundle(text, { file, trustDomain })
    diagnostics.push(...read.diagnostics)
    if (read.bundle !== undefined) bundles.set(trustDomain, read.bundle)
  }
  return { bundles, diagnostics }
}
