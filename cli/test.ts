import { writeFile } from 'node:fs/promises'
import { Command, Option } from 'commander'
import {
  type CaseFile,
  type CasesRun,
  diagnostic,
  hasErrors,
  percentOf,
  runCases,
} from '../policy/index.js'
import { coloursFor } from './colours.js'
import { Failure, Objection } from './failure.js'
import { load, report } from './load.js'
import { configurationOption, outputOption } from './options.js'
import { renderCoverage } from './render-test-coverage.js'
import { renderJunit } from './render-test-junit.js'
import { renderResults, resultsJson } from './render-test-results.js'
import { findTestFiles, readTestFiles } from './test-files.js'
import { repeatOnChange } from './test-watch.js'

interface TestOptions {
  readonly config: string
  readonly output: 'text' | 'json'
  readonly filter?: string
  readonly coverageThreshold?: number
  readonly junit?: string
  readonly watch?: boolean
}

const examples = `
Examples:
  sidecert test -c examples/curity/sidecert.yaml
  sidecert test -c examples/curity/sidecert.yaml --coverage-threshold 100 --junit /tmp/policy-tests.xml
  sidecert test -c examples/curity/sidecert.yaml examples/curity/policies/token-endpoint.test.yaml -t website

A case says who asks for what, and what becomes of it:

  cases:
    - name: the website may ask for tokens
      request:
        identity: spiffe://curitydemo/ns/applications/sa/mywebsite   # or none, or invalid
        method: POST
        path: /oauth/v2/oauth-token
      expect: allow         # or deny, or {verdict: deny, reason: no-rule-matched, rule: …}`

/** `sidecert test`: the policy tests beside the policies, and what they try of them. */
export function testCommand(): Command {
  return new Command('test')
    .description('run policy tests (*.test.yaml), and say what of the policies they try')
    .argument('[files...]', 'files of tests (default: all beside the files of policies)')
    .addOption(configurationOption())
    .option('-t, --filter <text>', 'only cases with this text in their name; no coverage')
    .addOption(
      new Option(
        '--coverage-threshold <percent>',
        'what share of the rules, and of their fields, the cases must cover',
      )
        .argParser(percentArgument)
        .conflicts('filter'),
    )
    .option('--junit <file>', 'write the results as JUnit XML, too')
    .option('-w, --watch', 'run again when policies, tests or the configuration change')
    .addOption(outputOption())
    .addHelpText('after', examples)
    .action(runTest)
}

async function runTest(named: readonly string[], options: TestOptions): Promise<void> {
  if (options.watch !== true) return runOnce(named, options)
  await repeatOnChange(
    async () => (await findTestFiles(options.config, named)).directories,
    () => runOnce(named, options),
    options.junit,
  )
}

async function runOnce(named: readonly string[], options: TestOptions): Promise<void> {
  const { configuration, policies } = await load(options.config)
  const { files, searched } = await findTestFiles(options.config, named)
  if (files.length === 0) {
    const hint = `Write ${searched[0]}/NAME.test.yaml (sidecert test --help shows a case), or name a file.`
    const message = `there is no *.test.yaml in ${searched.join(', ')}`
    throw report([diagnostic('SC0507', message, hint)])
  }
  const { cases, diagnostics } = await readTestFiles(files)
  const reported = report(diagnostics)
  if (hasErrors(diagnostics)) throw reported
  const { whenNoPolicy, workload } = configuration.service
  const settings = { ...configuration, policies, whenNoPolicy, workload }
  const run = runCases(chosen(cases, options.filter), settings)
  if (options.junit !== undefined) await writeJunit(options.junit, run)
  print(run, options)
  object(run, options)
}

function chosen(files: readonly CaseFile[], filter = ''): readonly CaseFile[] {
  const left = files
    .map(file => ({ ...file, cases: file.cases.filter(({ name }) => name.includes(filter)) }))
    .filter(({ cases }) => cases.length > 0)
  if (left.length > 0) return left
  const message = `no case has ${JSON.stringify(filter)} in its name`
  throw report([diagnostic('SC0507', message, 'Give --filter a part of a name, in its case.')])
}

function print(run: CasesRun, { output, filter }: TestOptions): void {
  const coverage = filter === undefined ? run.coverage : undefined
  if (output === 'json') {
    process.stdout.write(`${JSON.stringify(resultsJson(run.results, coverage), null, 2)}\n`)
    return
  }
  const colours = coloursFor(process.stdout)
  const shown = coverage === undefined ? '' : renderCoverage(coverage, colours)
  process.stdout.write(renderResults(run.results, shown, colours))
}

/** @throws {Objection} when a case failed, or too little was tried */
function object({ results, coverage }: CasesRun, { coverageThreshold = 0 }: TestOptions): void {
  const failed = results.some(({ differences }) => differences.length > 0)
  const low = (['rules', 'fields'] as const).filter(of => {
    return coverage[of].covered * 100 < coverageThreshold * coverage[of].total
  })
  for (const of of low) {
    const share = `${percentOf(coverage[of])} %`
    const message = `the cases cover ${share} of the ${of}, and ${coverageThreshold} % is asked for`
    process.stderr.write(`${coloursFor(process.stderr).red(message)}\n`)
  }
  if (failed || low.length > 0) throw new Objection('policy tests')
}

async function writeJunit(file: string, { results }: CasesRun): Promise<void> {
  try {
    await writeFile(file, renderJunit(results))
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? ` (${error.code})` : ''
    throw new Failure(
      `${file} cannot be written${code}`,
      'give --junit a file in a directory that is there',
    )
  }
}

function percentArgument(text: string): number {
  const percent = Number(text)
  if (/^\d+(?:\.\d+)?$/.test(text) && percent <= 100) return percent
  throw new Failure(`--coverage-threshold ${text} is no percentage`, 'give a number from 0 to 100')
}
