import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import {
  formatListenAddress,
  ListenError,
  prepareListenAddress,
} from '../../ext-authz/listen-address.js'

function listening(...where: [string] | [number, string]): Promise<Server> {
  return new Promise(resolve => {
    const server = createServer()
    server.listen(where[0] as never, where[1] as never, () => resolve(server))
  })
}

test('addresses are written as gRPC names them', t => {
  t.is(formatListenAddress({ kind: 'tcp', host: '0.0.0.0', port: 9191 }), '0.0.0.0:9191')
  t.is(formatListenAddress({ kind: 'tcp', host: '::1', port: 9191 }), '[::1]:9191')
  t.is(formatListenAddress({ kind: 'unix', path: '/run/s' }), 'unix:/run/s')
})

test('a port in use is named with the mend', async t => {
  const server = await listening(0, '127.0.0.1')
  const { port } = server.address() as { port: number }
  const error = await t.throwsAsync(
    prepareListenAddress({ kind: 'tcp', host: '127.0.0.1', port }),
    { instanceOf: ListenError, message: `127.0.0.1:${port} is in use by another process` },
  )
  t.is((error as ListenError).hint, 'stop that process, or name another address in service.listen')
  server.close()
})

test('a socket that a former process left behind is removed, one that answers is not', async t => {
  const directory = await mkdtemp(join(tmpdir(), 'sidecert-'))
  const path = join(directory, 'socket')
  const server = await listening(path)
  await t.throwsAsync(prepareListenAddress({ kind: 'unix', path }), {
    instanceOf: ListenError,
    message: `another process listens on unix:${path}`,
  })
  await new Promise(resolve => server.close(resolve))
  await t.notThrowsAsync(prepareListenAddress({ kind: 'unix', path }))
  await rm(directory, { recursive: true })
})

test('a file that is no socket is left alone', async t => {
  const directory = await mkdtemp(join(tmpdir(), 'sidecert-'))
  const path = join(directory, 'file')
  await writeFile(path, 'precious')
  await t.throwsAsync(prepareListenAddress({ kind: 'unix', path }), {
    instanceOf: ListenError,
    message: `${path} exists and is no socket`,
  })
  await rm(directory, { recursive: true })
})

test('a directory that does not exist is named', async t => {
  await t.throwsAsync(prepareListenAddress({ kind: 'unix', path: '/nonexistent/socket' }), {
    instanceOf: ListenError,
    message: 'the directory /nonexistent does not exist',
  })
})
