import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { Client, credentials } from '@grpc/grpc-js'
import type { ExecutionContext } from 'ava'
import { eventually } from '../eventually.js'
import { checkerOf } from '../ext-authz/check-client.js'
import { start } from './command.js'

/** A line of the service's log. */
export interface LogLine {
  readonly message: string
  readonly version?: string
  readonly [detail: string]: unknown
}

/** Makes a folder that goes with the test. */
export async function temporaryFolder(
  t: ExecutionContext,
  files: Readonly<Record<string, string>> = {},
): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'sidecert-test-'))
  t.teardown(() => rm(folder, { recursive: true, force: true }))
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true })
    await writeFile(join(folder, name), text)
  }
  return folder
}

/** What a service's sidecert.yaml says of its sockets, which lie in a folder. */
export function socketsIn(folder: string): string {
  return `listen: "unix:${folder}/check.sock", admin: "unix:${folder}/admin.sock"`
}

/**
 * Runs `sidecert serve` as a process, with the sockets of {@link socketsIn}, until the test ends.
 *
 * @param folder where the sockets lie
 * @param config the path of its sidecert.yaml
 */
export async function runService(t: ExecutionContext, folder: string, config: string) {
  const child = start(['serve', '-c', config])
  const ended = new Promise<number | null>(resolve => child.once('close', resolve))
  const lines: LogLine[] = []
  let stderr = ''
  child.stderr?.on('data', chunk => {
    stderr += chunk
  })
  if (child.stdout === null) throw new Error('no output')
  createInterface(child.stdout).on('line', line => lines.push(JSON.parse(line)))
  const client = new Client(`unix:${folder}/check.sock`, credentials.createInsecure())
  t.teardown(async () => {
    client.close()
    child.kill('SIGKILL')
    await ended
  })
  /** Waits for the next line with this message that has not been waited for yet. */
  let seen = 0
  const event = (message: string) =>
    eventually(`the event ${message}; stderr: ${stderr}`, () => {
      const at = lines.findIndex((line, index) => index >= seen && line.message === message)
      if (at === -1) return undefined
      seen = at + 1
      return lines[at]
    })
  await event('listening')
  return {
    lines,
    event,
    check: checkerOf(client),
    ready: () => readyz(folder),
    kill: (signal: NodeJS.Signals) => child.kill(signal),
    ended,
  }
}

/** What the admin socket says of readiness. */
function readyz(folder: string): Promise<{ status: number | undefined; lines: string[] }> {
  return new Promise((resolve, reject) => {
    const asked = request({ socketPath: join(folder, 'admin.sock'), path: '/readyz' }, answer => {
      let text = ''
      answer.on('data', chunk => {
        text += chunk
      })
      answer.on('end', () => resolve({ status: answer.statusCode, lines: text.trim().split('\n') }))
    })
    asked.once('error', reject)
    asked.end()
  })
}

/** A policy that allows everybody some paths, and nobody another. */
export function allowing(path: string, name = 'paths'): string {
  return `apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: ${name}, namespace: curity}
spec:
  rules:
    - to: [{operation: {paths: ["${path}"]}}]
`
}
