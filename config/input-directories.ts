import { dirname, isAbsolute, join } from 'node:path'
import type { Configuration } from './configuration.js'

/**
 * Gives the directories to watch: that of sidecert.yaml, those of the files that were read and of
 * the trust bundles, and where a pattern begins, in which a first file may still appear.
 *
 * Directories and not files, because what replaces a file, a rename or the swap of a ConfigMap's
 * `..data`, happens in its directory and leaves a watch on the file behind.
 *
 * @returns each once, sorted
 */
export function inputDirectories(
  { file, policies, trustBundles }: Configuration,
  inputs: readonly { readonly file: string }[],
): readonly string[] {
  const files = [...inputs, ...trustBundles].map(input => dirname(input.file))
  const patterns = policies.map(({ pattern }) => {
    const start = fixedPart(pattern)
    return isAbsolute(start) ? start : join(dirname(file), start)
  })
  return [...new Set([dirname(file), ...files, ...patterns])].sort()
}

/** The directory that a pattern names before its first segment with a special character. */
function fixedPart(pattern: string): string {
  const segments = dirname(pattern).split('/')
  const special = segments.findIndex(segment => /[*?[\]{}()!+@\\]/.test(segment))
  const fixed = special === -1 ? segments : segments.slice(0, special)
  return fixed.join('/') || (pattern.startsWith('/') ? '/' : '.')
}
