import { execFile } from 'node:child_process'
import { access, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import test, { type ExecutionContext } from 'ava'
import { parse } from 'yaml'
import { forwardings } from '../../config/index.js'
import { callHttp1 } from '../../rig/caller.js'
import { startChild, waitUntilReady } from '../../rig/child.js'
import { writeFiles } from '../../rig/container/write-files.js'
import { envoyVersion, findEnvoy } from '../../rig/envoy-binary.js'
import { type RunningEnvoy, startEnvoy, validateEnvoyConfig } from '../../rig/envoy-process.js'
import { Lifetime } from '../../rig/lifetime.js'

interface Compose {
  readonly services: Readonly<Record<string, ComposeService>>
}

interface ComposeService {
  readonly image: string
  readonly command: readonly string[]
  readonly ports?: readonly string[]
}

const run = promisify(execFile)
const root = fileURLToPath(new URL('../../..', import.meta.url))
const { services } = parse(await readFile(join(root, 'docker-compose.yml'), 'utf8'), {
  merge: true,
}) as Compose

function testLifetime(t: ExecutionContext): Lifetime {
  const lifetime = new Lifetime()
  t.teardown(() => lifetime.end())
  return lifetime
}

/** A command of docker-compose.yml for this machine: its volume is a folder. */
function native(service: string, folder: string, values: Readonly<Record<string, string>> = {}) {
  const command = services[service]?.command ?? []
  return command
    .map(word => (word.startsWith('dist/') ? join(root, word) : word.replace(/^\/rig\b/, folder)))
    .map(word =>
      Object.entries(values).reduce((text, [from, to]) => text.replaceAll(from, to), word),
    )
}

const own = Object.entries(services).filter(([, { command }]) => command[0] === 'node')
const envoys = Object.entries(services).filter(([, { command }]) => command[0] === 'envoy')

test('every container runs sidecert or the Envoy that the tests run', async t => {
  t.is(own.length + envoys.length, Object.keys(services).length)
  for (const [name, { command }] of own)
    await t.notThrowsAsync(access(join(root, command[1] ?? '')), name)
  for (const [name, { image }] of envoys) t.is(image, `envoyproxy/envoy:v${envoyVersion}`, name)
})

test('no port is published beyond this machine', t => {
  const ports = Object.values(services).flatMap(service => service.ports ?? [])
  t.true(ports.length > 0)
  for (const port of ports) t.regex(port, /^127\.0\.0\.1:/)
})

test('what the initialiser writes is what every Envoy reads, and is valid', async t => {
  const folder = testLifetime(t).folder()
  const program = await findEnvoy()
  const [, ...args] = native('initialiser', folder)
  await run(process.execPath, args)

  for (const forwarding of forwardings)
    for (const [name] of envoys) {
      const command = native(name, folder, { '${FORWARDING:-ext-authz}': forwarding })
      const config = parse(await readFile(command[2] ?? '', 'utf8'))
      t.is(await validateEnvoyConfig(program, config), undefined, `${name}, ${forwarding}`)
    }
  t.is((await stat(join(folder, 'server.key'))).mode & 0o077, 0)
})

test('the initialiser leaves alone what it wrote before', async t => {
  const folder = testLifetime(t).folder()
  const [, ...args] = native('initialiser', folder)
  await run(process.execPath, args)
  const before = await readFile(join(folder, 'ca.pem'), 'utf8')

  await run(process.execPath, args)

  t.is(await readFile(join(folder, 'ca.pem'), 'utf8'), before)
})

test('the parts that the containers run issue a token to the website and to nobody else', async t => {
  const lifetime = testLifetime(t)
  const folder = lifetime.folder()
  const program = await findEnvoy()
  const sockets = {
    '127.0.0.1:3000': `unix:${join(folder, 'server.sock')}`,
    '127.0.0.1:9191': `unix:${join(folder, 'service.sock')}`,
  }
  const loopback = { address: '127.0.0.1', port: 0 }
  await writeFiles(folder, {
    authorizationServer: sockets['127.0.0.1:3000'],
    service: sockets['127.0.0.1:9191'],
    serverSidecar: '127.0.0.1:0',
    server: { address: '127.0.0.1', port: 9443 },
    clientSidecar: loopback,
  })
  for (const [name, socket] of [
    ['authorization-server', 'server.sock'],
    ['sidecert', 'service.sock'],
  ] as const) {
    const [, ...args] = native(name, folder, sockets)
    const child = startChild({ name, command: process.execPath, args })
    lifetime.add(child.stop)
    await waitUntilReady(child, () => exists(join(folder, socket)))
  }
  const envoy = async (name: string, replace: (text: string) => string) => {
    const command = native(name, folder, { '${FORWARDING:-ext-authz}': 'ext-authz' })
    const config = parse(replace(await readFile(command[2] ?? '', 'utf8')))
    return startEnvoy({ program, name, config, lifetime })
  }
  const server = await envoy('server-sidecar', text => text)
  const port = String(server.port('sidecert'))
  const answers: Record<string, number> = {}
  for (const caller of ['website', 'reports', 'guestbook']) {
    const sidecar = await envoy(`${caller}-sidecar`, text => text.replaceAll('9443', port))
    answers[caller] = await askForToken(folder, sidecar)
  }
  t.deepEqual(answers, { website: 200, reports: 401, guestbook: 403 })
})

/** Asks as the comment in docker-compose.yml does, always with the forged header. */
async function askForToken(folder: string, sidecar: RunningEnvoy): Promise<number> {
  const header = (await readFile(join(folder, 'forged.header'), 'utf8')).trim()
  const [name = '', value = ''] = header.split(': ')
  const result = await callHttp1({
    port: sidecar.port('authorization-server'),
    tls: { kind: 'plaintext' },
    method: 'POST',
    path: '/token',
    headerLines: [
      ['content-type', 'application/x-www-form-urlencoded'],
      [name, value],
    ],
    body: 'grant_type=client_credentials&client_id=website-client',
  })
  return result.kind === 'answer' ? result.status : 0
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  )
}
