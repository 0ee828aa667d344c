import { Buffer } from 'node:buffer'
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Command, Option } from 'commander'
import { type Configuration, forwardings, targets } from '../config/index.js'
import {
  type GeneratedFile,
  type GenerateOptions,
  generate,
  partNames,
} from '../envoyfilters/index.js'
import { hasErrors } from '../policy/index.js'
import { coloursFor } from './colours.js'
import { Failure } from './failure.js'
import { load, loadTrustBundleFiles, loadTrustBundles, report } from './load.js'
import { configurationOption } from './options.js'

interface Options extends Pick<GenerateOptions, 'target' | 'forwarding' | 'only'> {
  readonly config: string
  readonly out?: string
}

/** `sidecert generate`: every resource that sidecert.yaml stands for, as files or on stdout. */
export function generateCommand(): Command {
  return new Command('generate')
    .description('write every resource that sidecert.yaml stands for, as files or on stdout')
    .addOption(configurationOption())
    .option('-o, --out <directory>', 'where the files go; without it they are printed')
    .addOption(
      new Option(
        '--forwarding <way>',
        'what forwards the certificate (default: forwarding)',
      ).choices([...forwardings, 'all']),
    )
    .addOption(
      new Option('--target <target>', 'what it is for (default: target, else both)').choices([
        ...targets,
        'all',
      ]),
    )
    .addOption(
      new Option('--only <parts...>', 'some of the parts (default: all)').choices(partNames),
    )
    .addHelpText(
      'after',
      '\nExample:\n  sidecert generate -c examples/curity/sidecert.yaml --forwarding all -o out',
    )
    .action(runGenerate)
}

async function runGenerate({ config, out, ...options }: Options): Promise<void> {
  const { configuration, policies, inputs } = await load(config, {
    // Only Envoy's own rules are made of policies; the service reads the cluster's by itself.
    needsCluster: ({ forwarding }) => (options.forwarding ?? forwarding) !== 'ext-authz',
  })
  const bundles = await loadTrustBundleFiles(configuration)
  const { files, diagnostics } = generate(configuration, policies, {
    ...options,
    inputs: [...inputs, ...bundles],
    policyFiles: inputs.slice(1),
    authorities: await authorities(configuration),
    ...(out === undefined ? {} : { directory: out }),
  })
  const reported = report(diagnostics)
  if (hasErrors(diagnostics)) throw reported
  if (out === undefined) print(files)
  else await write(out, files)
}

/** The authorities of the own trust domain, PEM, as `trustBundles` names them: roots first. */
async function authorities(configuration: Configuration): Promise<readonly string[]> {
  const bundles = await loadTrustBundles(configuration)
  const bundle = bundles?.get(configuration.trustDomain)
  if (bundle === undefined) return []
  return [...bundle.anchors, ...bundle.intermediates].map(({ der }) => pem(der))
}

function pem(der: Uint8Array): string {
  const lines =
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g) ?? []
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n')
}

/** Prints what is YAML, for a pipe to kubectl or Envoy; scripts and XML are for a directory. */
function print(files: readonly GeneratedFile[]): void {
  const yaml = files.filter(({ path }) => path.endsWith('.yaml'))
  process.stdout.write(asOneStream(yaml))
  const left = files.length - yaml.length
  if (left === 0) return
  const colours = coloursFor(process.stderr)
  const message = `${left} files that are not YAML are left out: name a directory with -o`
  process.stderr.write(`${colours.dim(message)}\n`)
}

/** The files one after another, each with its name: a YAML stream of several documents. */
function asOneStream(files: readonly GeneratedFile[]): string {
  return files.map(({ path, content }) => `---\n# file: ${path}\n${content}`).join('')
}

/** Writes what is not there yet or differs, so that a second run touches nothing. */
async function write(out: string, files: readonly GeneratedFile[]): Promise<void> {
  const colours = coloursFor(process.stderr)
  for (const { path, content, executable } of files) {
    const file = join(out, path)
    const same = (await readFile(file, 'utf8').catch(() => undefined)) === content
    if (!same) await writeOne(file, content)
    if (executable) await makeExecutable(file)
    process.stderr.write(`${colours.dim(same ? 'unchanged' : 'written  ')} ${file}\n`)
  }
}

/** A file system without such permissions has its reasons; the scripts then run by `bash`. */
async function makeExecutable(file: string): Promise<void> {
  await chmod(file, 0o755).catch(() => undefined)
}

async function writeOne(file: string, content: string): Promise<void> {
  try {
    await mkdir(dirname(file), { recursive: true })
    await writeFile(file, content)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? ` (${error.code})` : ''
    throw new Failure(
      `${file} cannot be written${code}`,
      'name a directory with -o that this user may write to',
    )
  }
}
