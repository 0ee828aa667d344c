import { Command, Option } from 'commander'
import type { Configuration } from '../config/index.js'
import { accessGraph, mermaid } from '../envoyfilters/index.js'
import { coloursFor } from './colours.js'
import { load } from './load.js'
import { configurationOption } from './options.js'
import { policySetOf } from './policy-side.js'
import { renderGraph } from './render-graph.js'

interface GraphOptions {
  readonly config: string
  readonly output: 'text' | 'json' | 'mermaid'
}

const help = `
Examples:
  sidecert graph -c examples/curity/sidecert.yaml
  sidecert graph -c examples/curity/sidecert.yaml --output mermaid

Drawn is what the policies come to: an operation that a DENY rule takes away is no part of what a
caller may do. Policies in dry run decide nothing, and have no edge.`

/** `sidecert graph`: who may call whom, and by which policy. */
export function graphCommand(): Command {
  return new Command('graph')
    .description('draw who may call whom, and by which policy')
    .addOption(configurationOption())
    .addOption(
      new Option('--output <form>', 'for people, for programs, or for Markdown')
        .choices(['text', 'json', 'mermaid'])
        .default('text'),
    )
    .addHelpText('after', help)
    .action(runGraph)
}

async function runGraph({ config, output }: GraphOptions): Promise<void> {
  const { configuration, policies } = await load(config)
  const { namespace, labels } = configuration.authorizationServer
  const pairs = Object.entries(labels).map(([key, value]) => `${key}=${value}`)
  const graph = accessGraph(
    policySetOf(configuration, policies),
    [namespace, ...pairs].join(' '),
    roles(configuration),
  )
  const colours = coloursFor(process.stderr)
  for (const limit of graph.leftOut) {
    process.stderr.write(`${colours.yellow(colours.bold('warning'))}: not looked at: ${limit}\n`)
  }
  switch (output) {
    case 'text':
      process.stdout.write(renderGraph(graph, coloursFor(process.stdout)))
      break
    case 'json':
      process.stdout.write(`${JSON.stringify(graph, null, 2)}\n`)
      break
    case 'mermaid':
      process.stdout.write(mermaid(graph))
      break
  }
}

/** What sidecert.yaml calls its callers. */
function roles({
  authorizationServer,
  clients,
  apis,
  gateways,
}: Configuration): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>()
  const add = (spiffeId: string, role: string) => {
    found.set(spiffeId, [...(found.get(spiffeId) ?? []), role])
  }
  for (const { spiffeId, clientId } of clients) add(spiffeId, `client ${clientId}`)
  for (const { spiffeId } of gateways) add(spiffeId, 'gateway')
  for (const { spiffeId } of apis) add(spiffeId, 'API')
  add(authorizationServer.spiffeId, 'authorization server')
  return found
}
