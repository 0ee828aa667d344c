import { existsSync } from 'node:fs'
import { Command, Option } from 'commander'
import { type FindingSeverity, type LintResult, lint } from '../lint/index.js'
import { coloursFor } from './colours.js'
import { Failure, Objection } from './failure.js'
import { gatherLintInput } from './lint-files.js'
import { configurationOption } from './options.js'
import { findingsJson, renderFindings } from './render-findings.js'
import { sarifLog } from './sarif.js'

interface LintCommandOptions {
  readonly config: string
  readonly output: 'text' | 'json' | 'sarif'
}

const examples = `
Examples:
  sidecert lint -c examples/curity/sidecert.yaml
  sidecert lint examples --output sarif

Without a file: sidecert.yaml and the policies that it names. Directories are searched for
*.yaml, *.yml and *.json; files of one directory explain one another, those of others do not.
Errors and warnings end with exit code 1, notes do not.
A finding is accepted by a comment on its line, or on the line above:
  # sidecert-lint: accept SL1012 because the server merges no slashes`

/** `sidecert lint`: what is unsafe or cannot work, with the reason and the mend. */
export function lintCommand(): Command {
  return new Command('lint')
    .description('find what is unsafe or cannot work in policies, Kubernetes and Envoy YAML')
    .argument('[paths...]', 'files and directories; without any, what --config names')
    .addOption(configurationOption())
    .addOption(
      new Option('--output <form>', 'for people, for programs, or for code hosts')
        .choices(['text', 'json', 'sarif'])
        .default('text'),
    )
    .addHelpText('after', examples)
    .action(runLint)
}

async function runLint(
  paths: readonly string[],
  { config, output }: LintCommandOptions,
): Promise<void> {
  for (const path of paths) {
    if (!existsSync(path)) {
      throw new Failure(`${path} does not exist`, 'name an existing file or directory')
    }
  }
  const input = await gatherLintInput(paths, config)
  const result = lint(input.files, input)
  const texts = new Map(input.files.map(({ file, text }) => [file, text]))
  if (output === 'text') {
    process.stdout.write(renderFindings(result, texts, coloursFor(process.stdout)))
  } else {
    const value = output === 'json' ? findingsJson(result) : sarifLog(result, texts)
    process.stdout.write(`${JSON.stringify(value, null, 2)}\n`)
  }
  if (isObjection(result)) throw new Objection('findings')
}

function isObjection({ findings }: LintResult): boolean {
  const weighing: readonly FindingSeverity[] = ['error', 'warning']
  return findings.some(({ severity }) => weighing.includes(severity))
}
