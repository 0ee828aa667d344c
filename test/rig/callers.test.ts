import test from 'ava'
import { callHttp1 } from '../../rig/caller.js'
import type { HeaderLines } from '../../rig/header-lines.js'
import { parseAnswer } from '../../rig/http1-answer.js'
import { callHttp2 } from '../../rig/http2-caller.js'
import { startUpstream } from '../../rig/upstream.js'

const call = { tls: { kind: 'plaintext' }, method: 'GET', path: '/a?b=c' } as const

function ours(lines: HeaderLines | undefined): HeaderLines | undefined {
  return lines?.filter(([name]) => name.toLowerCase().startsWith('x-'))
}

test('HTTP/1.1 header lines arrive as they were sent: case, repetition, order and any byte', async t => {
  const upstream = await startUpstream('http1')
  t.teardown(() => upstream.close())
  const headerLines: HeaderLines = [
    ['x-call-id', '1'],
    ['X-One', 'b'],
    ['x-one', 'a'],
    ['X-ONE', '\xff\xfe'],
  ]

  const result = await callHttp1({ ...call, port: upstream.port, headerLines })

  t.like(result, { kind: 'answer', status: 200 })
  const [arrived] = upstream.arrived('1')
  t.like(arrived, { method: 'GET', path: '/a?b=c', httpVersion: '1.1' })
  t.deepEqual(ours(arrived?.headerLines), headerLines)
})

test('HTTP/2 header lines arrive as they were sent, in lower case', async t => {
  const upstream = await startUpstream('h2c')
  t.teardown(() => upstream.close())
  const headerLines: HeaderLines = [
    ['x-call-id', '1'],
    ['X-One', 'b'],
    ['x-one', 'a'],
  ]

  const result = await callHttp2({ ...call, port: upstream.port, headerLines })

  t.like(result, { kind: 'answer', status: 200 })
  const [arrived] = upstream.arrived('1')
  t.like(arrived, { method: 'GET', path: '/a?b=c', httpVersion: '2.0' })
  t.deepEqual(ours(arrived?.headerLines), [
    ['x-call-id', '1'],
    ['x-one', 'b'],
    ['x-one', 'a'],
  ])
})

test('a server that is not there gives no answer', async t => {
  const upstream = await startUpstream()
  await upstream.close()
  for (const send of [callHttp1, callHttp2]) {
    const result = await send({ ...call, port: upstream.port, headerLines: [] })
    t.is(result.kind, 'no-answer')
  }
})

const head = 'HTTP/1.1 200 OK\r\n'

test('an answer ends with its length, its last chunk or the connection', t => {
  const read = (text: string, ended = false) => parseAnswer(Buffer.from(text, 'latin1'), ended)

  t.deepEqual(read(`${head}Content-Length: 2\r\n\r\nabc`), { status: 200, body: 'ab' })
  const chunked = `${head}Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\n3;x=y\r\ncde\r\n0\r\n\r\n`
  t.deepEqual(read(chunked), { status: 200, body: 'abcde' })
  t.deepEqual(read(`${head}\r\nabc`, true), { status: 200, body: 'abc' })
  t.deepEqual(read(`HTTP/1.1 100 Continue\r\n\r\n${head}Content-Length: 0\r\n\r\n`), {
    status: 200,
    body: '',
  })
})

test('an answer that is not whole is none', t => {
  const texts = [
    '',
    'HTTP/1.1 200',
    'nonsense\r\n\r\n',
    `${head}Content-Length: 4\r\n\r\nabc`,
    `${head}Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\n`,
    `${head}Transfer-Encoding: chunked\r\n\r\n9\r\nab`,
  ]
  for (const text of texts) t.is(parseAnswer(Buffer.from(text), true), undefined, text)
  t.is(parseAnswer(Buffer.from(`${head}\r\nabc`), false), undefined)
})
