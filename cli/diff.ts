import { Command } from 'commander'
import { comparePolicies, type PolicySet } from '../policy/index.js'
import { coloursFor } from './colours.js'
import { Failure, Objection } from './failure.js'
import { outputOption } from './options.js'
import { loadPolicySide } from './policy-side.js'
import { comparisonJson, renderComparison, type SettingChange } from './render-comparison.js'

const help = `
OLD and NEW are each a sidecert.yaml, a directory that holds one, or AuthorizationPolicies: a file
or a directory of them, read as Istio reads them (what no ALLOW policy selects is allowed).

Looked at are all ways in which the two sides can tell requests apart: each caller that they or
their tests name, and any other; each method, path, host, header ... of a rule, and any other.

Example:
  sidecert diff examples/curity/sidecert.yaml examples/curity/sidecert.yaml`

/** `sidecert diff`: which identities gain or lose which operations between two configurations. */
export function diffCommand(): Command {
  return new Command('diff')
    .description('say which identities gain or lose which operations between two configurations')
    .argument('<old>', 'the configuration or the policies as they were')
    .argument('<new>', 'as they are to be')
    .addOption(outputOption())
    .addHelpText('after', help)
    .action(runDiff)
}

async function runDiff(
  oldPath: string,
  newPath: string,
  { output }: { readonly output: 'text' | 'json' },
): Promise<void> {
  const before = await loadPolicySide(oldPath)
  const after = await loadPolicySide(newPath)
  if (before.kind !== after.kind) {
    throw new Failure(
      'one side is a configuration and the other one plain policies',
      'name two files sidecert.yaml, or policies twice',
    )
  }
  const comparison = comparePolicies(before.policySet, after.policySet)
  const settings = settingChanges(before.policySet, after.policySet)
  const colours = coloursFor(process.stderr)
  for (const limit of comparison.leftOut) {
    process.stderr.write(`${colours.yellow(colours.bold('warning'))}: not looked at: ${limit}\n`)
  }
  process.stdout.write(
    output === 'json'
      ? `${JSON.stringify(comparisonJson(comparison, settings), null, 2)}\n`
      : renderComparison(comparison, settings, coloursFor(process.stdout)),
  )
  if (comparison.workloads.length > 0) throw new Objection('there is a difference')
}

const settingNames = {
  'service.whenNoPolicy': ({ whenNoPolicy }: PolicySet) => whenNoPolicy,
  trustDomain: ({ trustDomain }: PolicySet) => trustDomain,
  trustDomainAliases: ({ trustDomainAliases }: PolicySet) => trustDomainAliases.join(', '),
  rootNamespace: ({ rootNamespace }: PolicySet) => rootNamespace,
} as const

function settingChanges(before: PolicySet, after: PolicySet): readonly SettingChange[] {
  return Object.entries(settingNames)
    .map(([setting, value]) => ({ setting, before: value(before), after: value(after) }))
    .filter(change => change.before !== change.after)
}
