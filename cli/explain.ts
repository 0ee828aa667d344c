import { readFile } from 'node:fs/promises'
import { isIP } from 'node:net'
import { Command, Option } from 'commander'
import {
  type Authorizer,
  checkRequestFromJson,
  createAuthorizer,
  encodePeerCertificate,
  peerIdentity,
  readCheck,
} from '../ext-authz/index.js'
import {
  describedFacts,
  type Explanation,
  explain,
  type Facts,
  labelsKey,
  namespaceKey,
  type Peer,
  parseSpiffeId,
  requestedWorkload,
  type Workload,
} from '../policy/index.js'
import { authorizerSettings } from './authorizer-settings.js'
import { coloursFor } from './colours.js'
import { Failure, Objection } from './failure.js'
import { load } from './load.js'
import { configurationOption, outputOption } from './options.js'
import { explanationJson, renderExplanation } from './render-explanation.js'

interface ExplainOptions {
  readonly config: string
  readonly output: 'text' | 'json'
  readonly cert?: string
  readonly id?: string
  readonly check?: string
  readonly method: string
  readonly path?: string
  readonly host?: string
  readonly header: readonly (readonly [string, string])[]
  readonly sourceIp?: string
  readonly port?: number
  readonly sni?: string
  readonly namespace?: string
  readonly labels?: string
  readonly at: Date
}

const examples = `
Examples:
  sidecert explain -c examples/curity/sidecert.yaml --id spiffe://curitydemo/ns/applications/sa/mywebsite --method POST --path /oauth/v2/oauth-token
  sidecert explain -c examples/curity/sidecert.yaml --path /admin --output json

Without --cert, --id and --check the caller has no certificate.`

/** `sidecert explain`: one decision, with the rule that decided and why each other did not match. */
export function explainCommand(): Command {
  return new Command('explain')
    .description('explain one decision: which rule, and why each other rule did not match')
    .addOption(configurationOption())
    .addOption(new Option('--cert <file>', "the caller's certificate, PEM").conflicts('id'))
    .addOption(new Option('--id <spiffe-id>', "the caller's SPIFFE ID").conflicts('cert'))
    .addOption(
      new Option(
        '--check <file>',
        'a recorded CheckRequest as JSON, instead of the rest',
      ).conflicts(['cert', 'id', 'path', 'host', 'sourceIp', 'port', 'sni']),
    )
    .option('--method <method>', 'the request method', 'GET')
    .addOption(
      new Option('--path <path>', 'the path, as Envoy hands it on after normalisation').argParser(
        pathArgument,
      ),
    )
    .option('--host <host>', 'the :authority, with its port if it is sent with one')
    .addOption(
      new Option('--header <name: value>', 'a header; may be repeated')
        .argParser(headerArgument)
        .default([], 'none'),
    )
    .addOption(
      new Option('--source-ip <address>', "the address of the connection's other end").argParser(
        addressArgument,
      ),
    )
    .addOption(new Option('--port <port>', "the container's port").argParser(portArgument))
    .option('--sni <name>', 'the server name of the TLS handshake')
    .option('--namespace <namespace>', 'the workload that is called (default: service.workload)')
    .option('--labels <key=value,…>', 'its labels')
    .addOption(
      new Option('--at <time>', 'the moment at which the certificate counts')
        .argParser(timeArgument)
        .default(new Date(), 'now'),
    )
    .addOption(outputOption())
    .addHelpText('after', examples)
    .action(runExplain)
}

async function runExplain(options: ExplainOptions): Promise<void> {
  const { configuration, policies } = await load(options.config)
  const authorizer: Authorizer = {
    ...createAuthorizer(await authorizerSettings(configuration, policies)),
    now: () => options.at.getTime(),
  }
  const { facts, workload } = await situation(options, authorizer)
  const explanation: Explanation = explain(authorizer.policiesFor(workload), facts)
  if (options.output === 'json') {
    const json = explanationJson(explanation, facts, workload)
    process.stdout.write(`${JSON.stringify(json, null, 2)}\n`)
  } else {
    process.stdout.write(
      renderExplanation(explanation, facts, workload, coloursFor(process.stdout)),
    )
  }
  if (explanation.decision.verdict === 'deny') throw new Objection('denied')
}

async function situation(
  options: ExplainOptions,
  authorizer: Authorizer,
): Promise<{ facts: Facts; workload: Workload }> {
  const workload = workloadOf(options, authorizer)
  if (options.check !== undefined) return recorded(options.check, authorizer, workload)
  if (options.path === undefined) {
    throw new Failure('there is no path to decide about', 'add --path, or --check with a recording')
  }
  const peer = await peerOf(options, authorizer)
  const headers = new Map<string, string[]>()
  for (const [name, value] of options.header) {
    headers.set(name, [...(headers.get(name) ?? []), value])
  }
  return {
    workload,
    facts: describedFacts(
      {
        ...options,
        path: options.path,
        headers: Object.fromEntries(headers),
        destinationPort: options.port,
      },
      peer,
    ),
  }
}

async function peerOf({ cert, id }: ExplainOptions, authorizer: Authorizer): Promise<Peer> {
  if (id !== undefined) {
    try {
      parseSpiffeId(id)
      return { kind: 'svid', spiffeId: id }
    } catch (error) {
      throw new Failure(`--id is ${(error as Error).message}`, 'write it as the certificate has it')
    }
  }
  if (cert === undefined) return { kind: 'absent' }
  const { trustBundles } = authorizer
  return peerIdentity(encoded(await readText(cert), cert), { at: authorizer.now(), trustBundles })
    .peer
}

function encoded(pem: string, file: string): string {
  try {
    return encodePeerCertificate(pem)
  } catch {
    throw new Failure(
      `${file} is not one certificate in PEM`,
      'give the leaf certificate alone, without its chain and its key',
    )
  }
}

async function recorded(file: string, authorizer: Authorizer, fallbackWorkload: Workload) {
  const bytes = checkRequestFromJson(await readText(file))
  if (bytes === undefined) {
    throw new Failure(
      `${file} is no CheckRequest in JSON`,
      'record it with the names of envoy.service.auth.v3.CheckRequest, starting with "attributes"',
    )
  }
  const reading = readCheck(bytes, () => [], { ...authorizer, fallbackWorkload })
  if (reading.kind === 'readable') return reading
  throw new Failure(
    `${file} describes no HTTP request, so it is denied without a policy`,
    'record a check with attributes.request.http.method and path',
  )
}

function workloadOf({ namespace, labels }: ExplainOptions, authorizer: Authorizer): Workload {
  const said = new Map([
    [namespaceKey, namespace],
    [labelsKey, labels],
  ])
  const workload = requestedWorkload(
    key => [said.get(key)].filter(value => value !== undefined),
    authorizer.fallbackWorkload,
  )
  if (workload !== undefined) return workload
  throw new Failure(
    '--namespace and --labels name no workload',
    'write --namespace curity --labels role=curity-idsvr-runtime,app=x',
  )
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch {
    throw new Failure(`${file} cannot be read`, 'name an existing, readable file')
  }
}

function headerArgument(
  text: string,
  previous: readonly (readonly [string, string])[],
): readonly (readonly [string, string])[] {
  const [, name, value] = /^(:?[^:\s]+):\s*(.*)$/s.exec(text) ?? []
  if (name === undefined || value === undefined) {
    throw new Failure(`--header ${text} is no header`, "write it as 'name: value'")
  }
  return [...previous, [name.toLowerCase(), value]]
}

function pathArgument(text: string): string {
  if (text.startsWith('/') || text === '*') return text
  throw new Failure(`--path ${text} is no path of a request`, 'start it with a slash')
}

function addressArgument(text: string): string {
  if (isIP(text) !== 0) return text
  throw new Failure(`--source-ip ${text} is no IP address`, 'give it without a port')
}

function portArgument(text: string): number {
  const port = Number(text)
  if (Number.isInteger(port) && port > 0 && port < 65536) return port
  throw new Failure(`--port ${text} is no port`, 'give a number from 1 to 65535')
}

function timeArgument(text: string): Date {
  const time = new Date(text)
  if (!Number.isNaN(time.getTime())) return time
  throw new Failure(`--at ${text} is no time`, 'write it like 2026-01-31T12:00:00Z')
}
