import { dirname, isAbsolute, posix, relative, resolve } from 'node:path'
import { parse } from 'yaml'
import type { Configuration, SourceFile } from '../../config/index.js'
import { type Diagnostic, diagnostic } from '../../policy/index.js'

/** A file of the service's ConfigMap. */
export interface MountedFile {
  /** Its key in the ConfigMap, which has no directories. */
  readonly key: string
  /** Where it lies below the mounted directory. */
  readonly path: string
  readonly text: string
}

/** The files that the service reads, as its container sees them. */
export interface ServiceFiles {
  readonly files: readonly MountedFile[]
  /** The path of sidecert.yaml among them. */
  readonly main: string
  readonly diagnostics: readonly Diagnostic[]
}

/** What the API server takes in one ConfigMap, keys included. */
const maximumBytes = 1 << 20

/**
 * Lays out sidecert.yaml and the files that it names for a container: as they lie to each other, so
 * that its relative paths and patterns hold there too.
 *
 * An absolute path names another file in the container than here, or none, and is refused (SC0310),
 * and so is more than a ConfigMap holds.
 *
 * @param inputs - sidecert.yaml first, then policy files and trust bundles
 */
export function serviceFiles(
  configuration: Configuration,
  inputs: readonly SourceFile[],
): ServiceFiles {
  const directory = resolve(dirname(configuration.file))
  const up = Math.max(0, ...inputs.map(({ file }) => levelsUp(relative(directory, resolve(file)))))
  const root = resolve(directory, ...Array<string>(up).fill('..'))
  const pathOf = (file: string) => relative(root, resolve(file)).split('\\').join('/')
  const keys = new Set<string>()
  const files = inputs.map(({ file, text }) => {
    const path = pathOf(file)
    return { key: freeKey(path, keys), path, text }
  })
  const diagnostics = [...absolutePaths(configuration, inputs), ...tooLarge(files)]
  return { files, main: pathOf(configuration.file), diagnostics }
}

function levelsUp(path: string): number {
  return path.split('/').filter(segment => segment === '..').length
}

/** Keys are letters, digits, dots, dashes and underscores. */
function freeKey(path: string, taken: Set<string>): string {
  const plain = path
    .replaceAll('/', '.')
    .replace(/[^-._A-Za-z0-9]/g, '_')
    .replace(/^\.+/, '')
  let key = plain
  for (let number = 2; taken.has(key); number++) key = `${number}.${plain}`
  taken.add(key)
  return key
}

function absolutePaths(
  { policies, file }: Configuration,
  inputs: readonly SourceFile[],
): readonly Diagnostic[] {
  const patterns = policies.filter(({ pattern }) => isAbsolute(pattern))
  const own = inputs.find(input => input.file === file)
  const written = own === undefined ? undefined : parse(own.text)?.trustBundles
  const bundles = Array.isArray(written) ? written.map(bundle => String(bundle?.file)) : []
  const hint = 'Name it relative to sidecert.yaml, and keep it near that file.'
  const message = (path: string) =>
    `${path} names a file that the service's container does not have`
  return [
    ...patterns.map(({ pattern, place }) => diagnostic('SC0310', message(pattern), hint, place)),
    ...bundles.filter(isAbsolute).map(bundle => diagnostic('SC0310', message(bundle), hint)),
  ]
}

function tooLarge(files: readonly MountedFile[]): readonly Diagnostic[] {
  const bytes = files.reduce((sum, { key, text }) => sum + key.length + Buffer.byteLength(text), 0)
  if (bytes <= maximumBytes) return []
  const message = `the service's files have ${bytes} bytes, and a ConfigMap holds ${maximumBytes}`
  return [diagnostic('SC0310', message, 'Name fewer policies, or set policiesFrom: cluster.')]
}

/** Where the ConfigMap is mounted. */
export const mountPath = '/etc/sidecert'

/** Gives the path of sidecert.yaml in the container. */
export function mountedMain({ main }: ServiceFiles): string {
  return posix.join(mountPath, main)
}
