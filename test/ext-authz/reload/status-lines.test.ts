import test from 'ava'
import { type ReloadStatus, statusLines } from '../../../ext-authz/index.js'
import { type Diagnostic, diagnostic } from '../../../policy/index.js'

const nothing: ReloadStatus = {
  running: undefined,
  refused: undefined,
  waitingFor: undefined,
  restartNeeded: [],
  history: [],
}
const since = Date.UTC(2030, 0, 2, 3, 4, 5)

function refused(diagnostics: readonly Diagnostic[]): readonly string[] {
  return statusLines({ ...nothing, refused: { version: 'b', since, diagnostics } })
}

test('without a version it is said that every check is denied, and what is waited for', t => {
  t.deepEqual(statusLines({ ...nothing, waitingFor: 'the policies of the cluster' }), [
    'no version is in force: every check is denied',
    'waiting for the policies of the cluster',
  ])
})

test('the version in force and what a restart would change are said', t => {
  const status = { ...nothing, running: { version: 'a', since }, restartNeeded: ['service.listen'] }
  t.deepEqual(statusLines(status), [
    'version a in force since 2030-01-02T03:04:05.000Z',
    'restart needed for service.listen',
  ])
})

test('a refused version is said with place, reason and mend', t => {
  const place = { file: 'p.yaml', line: 2, column: 3 }
  t.deepEqual(refused([diagnostic('SC0202', 'no field form', 'Write from.', place)]).slice(1), [
    'version b refused since 2030-01-02T03:04:05.000Z:',
    '  error SC0202 p.yaml:2:3 no field form. Write from.',
  ])
})

test('a finding is one line, whatever stands in it', t => {
  const [, , line, ...more] = refused([diagnostic('SC0202', 'a\nready\u2028\u001b[0m', 'b\r')])
  t.deepEqual(more, [])
  t.is(line, '  error SC0202 a\ufffdready\ufffd\ufffd[0m. b\ufffd')
})

test('of very many findings the first are shown, and how many more there are', t => {
  const lines = refused(Array(33).fill(diagnostic('SC0202', 'a', 'b')))
  t.is(lines.length, 2 + 20 + 1)
  t.is(lines.at(-1), '  and 13 more')
})
