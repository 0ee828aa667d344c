import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Command, Option } from 'commander'
import { forwardings, targets } from '../config/index.js'
import { type GeneratedFile, type GenerateOptions, generate } from '../envoyfilters/index.js'
import { hasErrors } from '../policy/index.js'
import { coloursFor } from './colours.js'
import { Failure } from './failure.js'
import { load, loadTrustBundleFiles, report } from './load.js'
import { configurationOption } from './options.js'

interface Options extends Omit<GenerateOptions, 'directory'> {
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
    ...(out === undefined ? {} : { directory: out }),
  })
  const reported = report(diagnostics)
  if (hasErrors(diagnostics)) throw reported
  if (out === undefined) process.stdout.write(asOneStream(files))
  else await write(out, files)
}

/** The files one after another, each with its name: a YAML stream of several documents. */
function asOneStream(files: readonly GeneratedFile[]): string {
  return files.map(({ path, content }) => `---\n# file: ${path}\n${content}`).join('')
}

/** Writes what is not there yet or differs, so that a second run touches nothing. */
async function write(out: string, files: readonly GeneratedFile[]): Promise<void> {
  const colours = coloursFor(process.stderr)
  for (const { path, content } of files) {
    const file = join(out, path)
    const same = (await readFile(file, 'utf8').catch(() => undefined)) === content
    if (!same) await writeOne(file, content)
    process.stderr.write(`${colours.dim(same ? 'unchanged' : 'written  ')} ${file}\n`)
  }
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
