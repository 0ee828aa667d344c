import { Command } from 'commander'
import { createAuthorizer, readLoggedLine } from '../ext-authz/index.js'
import { type Replay, startReplay } from '../policy/index.js'
import { authorizerSettings } from './authorizer-settings.js'
import { coloursFor } from './colours.js'
import { Failure, Objection } from './failure.js'
import { load } from './load.js'
import { logLines } from './log-lines.js'
import { configurationOption, outputOption } from './options.js'
import { type LinesRead, renderReplay, replayJson } from './render-replay.js'

const help = `
LOG is what sidecert serve printed: a file, a file.gz, or - for standard input.

What a log lacks is never guessed: a decision counts as one that cannot be told when the policies
ask for something that was not written down (headers that hold secrets, and queries, never are).

Example:
  sidecert replay - -c examples/curity/sidecert.yaml <<< '{"message":"decision","time":"2026-01-31T12:00:00.000Z","verdict":"allow","reason":"no-policy","certificate":"absent","namespace":"curity","labels":{"role":"curity-idsvr-runtime"},"method":"GET","host":"login.example","path":"/admin"}'`

/** `sidecert replay`: the decisions of a log by other policies. */
export function replayCommand(): Command {
  return new Command('replay')
    .description('say which decisions of a log another policy would have made differently')
    .argument('<log>', 'the decision log of sidecert serve')
    .addOption(configurationOption())
    .addOption(outputOption())
    .addHelpText('after', help)
    .action(runReplay)
}

interface ReplayOptions {
  readonly config: string
  readonly output: 'text' | 'json'
}

async function runReplay(log: string, { config, output }: ReplayOptions): Promise<void> {
  const { configuration, policies } = await load(config)
  const authorizer = createAuthorizer(await authorizerSettings(configuration, policies))
  const replay = startReplay(workload => authorizer.policiesFor(workload))
  const lines = await feed(replay, log)
  const result = replay.result()
  if (result.decisions === 0) {
    throw new Failure(
      `${log} has no decision of a policy`,
      'give what sidecert serve printed on standard output',
    )
  }
  process.stdout.write(
    output === 'json'
      ? `${JSON.stringify(replayJson(result, lines), null, 2)}\n`
      : renderReplay(result, lines, coloursFor(process.stdout)),
  )
  if (result.changed > 0) throw new Objection('there is a difference')
}

/** How many malformed lines are named; the rest are counted. */
const maximumNamed = 10

async function feed(replay: Replay, log: string): Promise<LinesRead> {
  const colours = coloursFor(process.stderr)
  let events = 0
  let withoutPolicy = 0
  let malformed = 0
  for await (const { number, text } of logLines(log)) {
    const line =
      text === undefined
        ? ({ kind: 'malformed', problem: 'it is longer than 1 MiB' } as const)
        : readLoggedLine(text)
    if (line.kind === 'decision') {
      replay.add(line.decision)
    } else if (line.kind === 'event') {
      events++
    } else if (line.kind === 'without-policy') {
      withoutPolicy++
    } else {
      malformed++
      if (malformed > maximumNamed) continue
      const head = colours.yellow(colours.bold('warning'))
      process.stderr.write(`${head}: ${log}:${number} is passed over: ${line.problem}\n`)
    }
  }
  if (malformed > maximumNamed) {
    process.stderr.write(`and ${malformed - maximumNamed} more such lines\n`)
  }
  return { events, withoutPolicy, malformed }
}
