import { parseArgs } from 'node:util'
import picocolors from 'picocolors'
import { type Forwarding, forwardings } from '../config/index.js'
import { attemptGroups, tryOut } from './attempts.js'
import { judge, reportTable, reportToken } from './demo-report.js'
import type { Results } from './demo-table.js'
import { howToCall } from './how-to-call.js'
import { Lifetime } from './lifetime.js'
import { type Progress, showProgress } from './progress.js'
import { RigError } from './rig-error.js'
import { type System, startSystem } from './system.js'

const help = `Usage: npm run demo -- [--forwarding lua|native|ext-authz|all] [--keep]

Starts a service mesh on this machine alone: a throwaway certificate authority, Envoys as sidecars,
the ext_authz service and an OAuth server. Gets a token with an X.509-SVID and no secret, then tries
to forge the certificate header, and prints what happened.

Options:
  --forwarding WAY  what puts the certificate into the header; all (the default) compares them
  --keep            leaves everything running until Ctrl-C and says how to call it
  --help            shows this

Example:
  npm run demo -- --forwarding native --keep

Exit: 0 every call ended as it should, 1 one did not, 2 wrong usage or the demo could not start.
Envoy is $ENVOY_BIN, or envoy on the PATH, or installed once into .cache.
`

interface Options {
  readonly forwardings: readonly Forwarding[]
  readonly keep: boolean
}

/** A wrong command line. */
class UsageError extends Error {}

function readOptions(args: readonly string[]): Options | 'help' {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        forwarding: { type: 'string', default: 'all' },
        keep: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    })
    if (values.help) return 'help'
    const chosen = forwardings.filter(way => [way, 'all'].includes(values.forwarding))
    if (chosen.length > 0) return { forwardings: chosen, keep: values.keep }
  } catch (error) {
    throw new UsageError((error as Error).message.split('. ')[0])
  }
  throw new UsageError(`--forwarding is one of ${forwardings.join(', ')} and all`)
}

async function tryEverything(system: System, progress: Progress): Promise<Results> {
  const groups = []
  progress.step('asking for tokens, honestly and with forged headers')
  for (const { title, attempts } of attemptGroups) {
    const rows = []
    for (const attempt of attempts) {
      const trials = []
      for (const route of system.routes) trials.push(await tryOut(system, route, attempt))
      rows.push({ attempt, trials })
    }
    groups.push({ title, rows })
  }
  return { variants: system.routes.map(({ variant }) => variant), groups }
}

async function demo(options: Options, lifetime: Lifetime): Promise<boolean> {
  const out = picocolors.createColors(useColor(process.stdout))
  const progress = showProgress(process.stderr, picocolors.createColors(useColor(process.stderr)))
  lifetime.add(progress.done)
  const system = await startSystem({
    variants: ['article', ...options.forwardings],
    lifetime,
    onProgress: progress.step,
  })
  const results = await tryEverything(system, progress)
  progress.done()

  const verdict = judge(results, out)
  const ours = system.routes.length - 1
  const honest = results.groups[0]?.rows[0]?.trials[ours]
  const route = system.routes[ours]
  const parts = [
    ...(route === undefined || honest === undefined ? [] : [reportToken(route, honest, out)]),
    reportTable(results, out),
    verdict.text,
  ]
  process.stdout.write(`\n${parts.join('\n\n')}\n\n`)
  if (options.keep) {
    process.stdout.write(`${await howToCall(system, out)}\n`)
    process.exitCode = verdict.ok ? 0 : 1
    await new Promise(() => undefined)
  }
  return verdict.ok
}

/** False, and not undefined, when it is no terminal: picocolors would then decide by `CI` and others. */
function useColor(stream: { readonly isTTY?: boolean }): boolean {
  return stream.isTTY === true && !process.env.NO_COLOR
}

async function main(): Promise<number> {
  const lifetime = new Lifetime()
  try {
    const options = readOptions(process.argv.slice(2))
    if (options === 'help') {
      process.stdout.write(help)
      return 0
    }
    lifetime.endOnSignals()
    return (await demo(options, lifetime)) ? 0 : 1
  } catch (error) {
    // A signal ends what the demo stands on, and then the process: there is nothing more to say.
    if (lifetime.ending) await new Promise(() => undefined)
    await lifetime.end()
    process.stderr.write(`${describe(error)}\n`)
    return 2
  } finally {
    await lifetime.end()
  }
}

function describe(error: unknown): string {
  if (error instanceof RigError) return `demo: ${error.message}\n${error.hint}`
  if (error instanceof UsageError) return `demo: ${error.message}; see npm run demo -- --help`
  return `demo: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`
}

process.exitCode = await main()
