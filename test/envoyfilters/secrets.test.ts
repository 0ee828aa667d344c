import { X509Certificate } from 'node:crypto'
import { mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { connect, type PeerCertificate } from 'node:tls'
import test, { type ExecutionContext } from 'ava'
import { readConfiguration } from '../../config/index.js'
import { staticEnvoy, yamlText } from '../../envoyfilters/index.js'
import {
  type Authority,
  createAuthority,
  findEnvoy,
  type IssuedSvid,
  issueSvid,
  Lifetime,
  type RunningEnvoy,
  startEnvoy,
} from '../../rig/index.js'
import { startWorkloadApi } from './workload-api.js'

const serverId = 'spiffe://curitydemo/ns/curity/sa/curity-idsvr-runtime'
const clientId = 'spiffe://curitydemo/ns/applications/sa/mywebsite'

test('Envoy takes its SVID from the Workload API whenever that comes, and every later one', async t => {
  t.timeout(60_000)
  const { lifetime, folder, authority, client } = await setUp(t)
  const socket = join(folder, 'agent.sock')
  const { bootstrap } = made(`workloadApi: "unix:${socket}"`, folder)
  const envoy = await start(bootstrap, lifetime)

  t.is(await shownCertificate(envoy, client), 'refused')

  const first = await issueSvid(authority, { spiffeId: serverId })
  const api = await startWorkloadApi(socket, first)
  lifetime.add(api.close)
  await until(async () => (await shownCertificate(envoy, client)) === serialOf(first))
  t.deepEqual([...api.asked].sort(), ['spiffe://curitydemo', serverId])

  const second = await issueSvid(authority, { spiffeId: serverId })
  api.rotate(second)
  await until(async () => (await shownCertificate(envoy, client)) === serialOf(second))
  t.pass()
})

test('Envoy without its files runs and refuses; with them it takes up every rotation', async t => {
  t.timeout(60_000)
  const { lifetime, folder, authority, client } = await setUp(t)
  const tls = join(folder, 'tls')
  const files = ['certificate', 'privateKey', 'trustedCa'] as const
  const { bootstrap, secretFiles } = made(
    files.map(name => `${name}: "${tls}/${name}.pem"`).join(', '),
    folder,
  )
  for (const { path, content } of secretFiles) writeFileSync(path, yamlText(content, ''))
  const without = await start(bootstrap, lifetime)
  t.is(await shownCertificate(without, client), 'refused')
  await without.stop()

  mkdirSync(tls)
  const first = await issueSvid(authority, { spiffeId: serverId })
  moveIn(tls, { certificate: first.chain, privateKey: first.key, trustedCa: first.ca })
  const envoy = await start(bootstrap, lifetime)
  t.is(await shownCertificate(envoy, client), serialOf(first))

  const second = await issueSvid(authority, { spiffeId: serverId })
  moveIn(tls, { certificate: second.chain, privateKey: second.key })
  await until(async () => (await shownCertificate(envoy, client)) === serialOf(second))
  t.pass()
})

test('a caller without a certificate, of another trust domain or another authority is refused', async t => {
  t.timeout(60_000)
  const { lifetime, folder, authority, client } = await setUp(t)
  const socket = join(folder, 'agent.sock')
  const svid = await issueSvid(authority, { spiffeId: serverId })
  const api = await startWorkloadApi(socket, svid)
  lifetime.add(api.close)
  const envoy = await start(made(`workloadApi: "unix:${socket}"`, folder).bootstrap, lifetime)
  t.is(await shownCertificate(envoy, client), serialOf(svid))

  const foreign = await issueSvid(authority, { spiffeId: 'spiffe://elsewhere/ns/a/sa/b' })
  const stranger = await createAuthority({ trustDomain: 'curitydemo' })
  const unknown = await issueSvid(stranger, { spiffeId: clientId })
  const dnsOnly = await issueSvid(authority, { spiffeId: '', uris: [], dnsNames: [clientId] })
  const expired = await issueSvid(authority, {
    spiffeId: clientId,
    notBefore: new Date(Date.now() - 7_200_000),
    notAfter: new Date(Date.now() - 3_600_000),
  })
  for (const caller of [undefined, foreign, unknown, dnsOnly, expired]) {
    t.is(await shownCertificate(envoy, caller), 'refused', caller?.spiffeId)
  }
})

async function setUp(t: ExecutionContext) {
  const lifetime = new Lifetime()
  t.teardown(() => lifetime.end())
  const authority: Authority = await createAuthority({ trustDomain: 'curitydemo' })
  const client = await issueSvid(authority, { spiffeId: clientId })
  return { lifetime, folder: lifetime.folder(), authority, client }
}

function made(tls: string, folder: string) {
  const text = `trustDomain: curitydemo
envoy: {listen: "127.0.0.1:0", tls: {${tls}}}
`
  const { configuration, diagnostics } = readConfiguration(text, 'sidecert.yaml')
  if (configuration === undefined) throw new Error(JSON.stringify(diagnostics))
  return staticEnvoy(configuration, [], 'native', folder)
}

async function start(config: object, lifetime: Lifetime): Promise<RunningEnvoy> {
  return startEnvoy({ program: await findEnvoy(), name: 'sidecar', config, lifetime })
}

/** The serial number of the certificate that Envoy shows to a caller whom it answers. */
function shownCertificate(envoy: RunningEnvoy, caller: IssuedSvid | undefined): Promise<string> {
  return new Promise(resolve => {
    let shown: PeerCertificate | undefined
    const socket = connect({
      host: '127.0.0.1',
      port: envoy.port('sidecert'),
      rejectUnauthorized: false,
      ALPNProtocols: ['http/1.1'],
      ...(caller === undefined ? {} : { cert: caller.chain, key: caller.key }),
    })
    socket.on('error', () => resolve('refused'))
    socket.on('close', () => resolve('refused'))
    socket.on('secureConnect', () => {
      shown = socket.getPeerCertificate()
      // In TLS 1.3 a client is refused after it has finished: only an answer tells.
      socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
    })
    socket.on('data', () => {
      resolve(shown?.serialNumber ?? 'none')
      socket.destroy()
    })
  })
}

function serialOf(svid: IssuedSvid): string {
  return new X509Certificate(svid.certificate).serialNumber
}

/** Rotates files as tools do: written beside, then renamed. */
function moveIn(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    writeFileSync(join(folder, `${name}.new`), text)
  }
  for (const name of Object.keys(files)) {
    renameSync(join(folder, `${name}.new`), join(folder, `${name}.pem`))
  }
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise(resolve => setTimeout(resolve, 100))
}
