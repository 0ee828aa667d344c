import test, { type ExecutionContext } from 'ava'
import { type Candidate, type Incomplete, Reloader, type Usable } from '../../../ext-authz/index.js'
import { eventually } from '../../eventually.js'
import { allowing, broken, candidate, settings } from './versions.js'

interface Event {
  readonly message: string
  readonly level: string
  readonly [detail: string]: unknown
}

const quick = { debounce: 1, maximumDelay: 50, settle: 1, poll: 3_600_000 }

function running(t: ExecutionContext, first: Candidate, timings = {}) {
  const events: Event[] = []
  const inputs = { current: first, reads: 0 }
  const reloader = new Reloader({
    read: async () => {
      inputs.reads += 1
      return inputs.current
    },
    first: { candidate: first, built: first.build() as Usable | Incomplete },
    log: {
      event: (message, details = {}, level = 'info') => events.push({ ...details, message, level }),
    },
    timings: { ...quick, ...timings },
  })
  t.teardown(() => reloader.stop())
  const event = (message: string) =>
    eventually(message, () => events.find(event => event.message === message))
  return { reloader, inputs, events, event }
}

test('a new version is in force from one moment to the next, and said with its cause', async t => {
  const [one, two] = [allowing('/a'), allowing('/b')]
  const { reloader, inputs, event } = running(t, one)
  const before = reloader.current
  t.is(before.version, one.version)
  inputs.current = two
  reloader.request('files')
  t.deepEqual(await event('version in force'), {
    message: 'version in force',
    level: 'info',
    version: two.version,
    previous: one.version,
    cause: 'files',
  })
  t.is(reloader.current.version, two.version)
  t.is(before.version, one.version)
  t.like(reloader.status.running, { version: two.version })
})

test('a broken version changes nothing and is reported with its findings, once', async t => {
  const [good, bad] = [allowing('/a'), broken('no field form')]
  const { reloader, inputs, event, events } = running(t, good)
  const before = reloader.current
  inputs.current = bad
  reloader.request('files')
  t.like(await event('version refused'), {
    level: 'error',
    version: bad.version,
    running: good.version,
    findings: 1,
    diagnostics: [{ code: 'SC0202', message: 'no field form', hint: 'Mend it.' }],
  })
  const { reads } = inputs
  reloader.request('poll')
  await eventually('it has looked again', () => inputs.reads > reads)
  t.is(events.length, 1)
  t.is(reloader.current, before)
  t.like(reloader.status, {
    running: { version: good.version },
    refused: { version: bad.version, diagnostics: [{ code: 'SC0202' }] },
  })
})

test('a broken version that goes away is said to be gone', async t => {
  const [good, bad] = [allowing('/a'), broken('x')]
  const { reloader, inputs, event } = running(t, good)
  inputs.current = bad
  reloader.request('files')
  await event('version refused')
  inputs.current = good
  reloader.request('files')
  t.like(await event('refused version withdrawn'), { version: bad.version, running: good.version })
  t.is(reloader.status.refused, undefined)
  t.deepEqual(
    reloader.status.history.map(({ version, result }) => [version, result]),
    [
      [good.version, 'in-force'],
      [bad.version, 'refused'],
      [bad.version, 'withdrawn'],
    ],
  )
})

test('a version that fails in the making is a broken one', async t => {
  const good = allowing('/a')
  const { reloader, inputs, event } = running(t, good)
  inputs.current = candidate('x', () => {
    throw new Error('out of order')
  })
  reloader.request('files')
  t.like(await event('version refused'), {
    diagnostics: [{ code: 'SC0801', message: 'the version cannot be made: out of order' }],
  })
  t.is(reloader.current.version, good.version)
})

test('a reading that fails changes nothing, and the next one counts', async t => {
  const [one, two] = [allowing('/a'), allowing('/b')]
  const { reloader, inputs, event } = running(t, one)
  Object.defineProperty(inputs, 'current', {
    configurable: true,
    get: () => {
      throw new Error('disk on fire')
    },
  })
  reloader.request('files')
  t.like(await event('reload failed'), { error: 'disk on fire', level: 'error' })
  t.is(reloader.current.version, one.version)
  Object.defineProperty(inputs, 'current', { value: two })
  reloader.request('files')
  await event('version in force')
  t.is(reloader.current.version, two.version)
})

test('a signal is answered though nothing has changed', async t => {
  const one = allowing('/a')
  const { reloader, event } = running(t, one)
  reloader.request('signal')
  t.like(await event('nothing to reload'), { version: one.version, cause: 'signal' })
})

test('a signal has a broken version reported again', async t => {
  const { reloader, inputs, events, event } = running(t, allowing('/a'))
  inputs.current = broken('x')
  reloader.request('files')
  await event('version refused')
  reloader.request('signal')
  await eventually('a second report', () => events.length === 2)
  t.like(events[1], { message: 'version refused', cause: 'signal' })
})

test('what nobody told of is found by looking from time to time', async t => {
  const [one, two] = [allowing('/a'), allowing('/b')]
  const { inputs, event } = running(t, one, { poll: 5 })
  inputs.current = two
  t.like(await event('version in force'), { version: two.version, cause: 'poll' })
})

test('changes without a pause do not put the look off for ever', async t => {
  const [one, two] = [allowing('/a'), allowing('/b')]
  const { reloader, inputs, event } = running(t, one, { debounce: 3_600_000, maximumDelay: 30 })
  inputs.current = two
  const restless = setInterval(() => reloader.request('files'), 1)
  t.teardown(() => clearInterval(restless))
  await event('version in force')
  t.is(reloader.current.version, two.version)
})

test('settings that hold from the next start only are named, once', async t => {
  const usable = (text: string, listen: string) =>
    candidate(text, () => ({
      kind: 'usable',
      settings,
      diagnostics: [],
      fixed: { 'service.listen': listen, 'service.admin': 'off' },
    }))
  const { reloader, inputs, events, event } = running(t, usable('1', 'a'))
  inputs.current = usable('2', 'b')
  reloader.request('files')
  t.like(await event('restart needed'), { level: 'warn', settings: ['service.listen'] })
  t.deepEqual(reloader.status.restartNeeded, ['service.listen'])
  inputs.current = usable('3', 'b')
  reloader.request('files')
  await eventually('version 3', () => reloader.current.version === inputs.current.version)
  t.is(events.filter(({ message }) => message === 'restart needed').length, 1)
  inputs.current = usable('4', 'a')
  reloader.request('files')
  await eventually('version 4', () => reloader.current.version === inputs.current.version)
  t.deepEqual(reloader.status.restartNeeded, [])
})

test('until everything is there no policy of the workload is known, and then it is', async t => {
  const { policies: _, ...rest } = settings
  const incomplete = candidate('x', () => ({
    kind: 'incomplete',
    settings: { ...rest, whenNoPolicy: 'allow' },
    waitingFor: 'the cluster',
    diagnostics: [],
    fixed: {},
  }))
  const { reloader, inputs, event } = running(t, incomplete)
  const { workload } = settings
  t.false(reloader.current.knowsPoliciesOf(workload))
  t.is(reloader.current.policiesFor(workload).whenNoPolicy, 'deny')
  t.is(reloader.current.version, undefined)
  t.like(reloader.status, { running: undefined, waitingFor: 'the cluster' })
  inputs.current = broken('bad from the beginning')
  reloader.request('cluster')
  await event('version refused')
  t.false(reloader.current.knowsPoliciesOf(workload))
  inputs.current = allowing('/a')
  reloader.request('cluster')
  await event('version in force')
  t.true(reloader.current.knowsPoliciesOf(workload))
  t.like(reloader.status, { waitingFor: undefined, refused: undefined })
})

test('inputs that become incomplete leave the version that runs in force', async t => {
  const one = allowing('/a')
  const { reloader, inputs } = running(t, one)
  const { policies: _, ...rest } = settings
  inputs.current = candidate('switched to the cluster', () => ({
    kind: 'incomplete',
    settings: rest,
    waitingFor: 'the cluster',
    diagnostics: [],
    fixed: {},
  }))
  reloader.request('files')
  await eventually('it waits', () => reloader.status.waitingFor === 'the cluster')
  t.is(reloader.current.version, one.version)
})

test('after the end nothing is read and nothing swapped', async t => {
  const [one, two] = [allowing('/a'), allowing('/b')]
  const { reloader, inputs } = running(t, one)
  inputs.current = two
  reloader.request('files')
  await reloader.stop()
  const { reads } = inputs
  reloader.request('signal')
  await new Promise(resolve => setImmediate(resolve))
  t.is(inputs.reads, reads)
  t.is(reloader.current.version, one.version)
})

test('the history is bounded', async t => {
  const { reloader, inputs } = running(t, allowing('/0'))
  for (let at = 1; at <= 60; at++) {
    inputs.current = allowing(`/${at}`)
    reloader.request('files')
    await eventually(`/${at}`, () => reloader.current.version === inputs.current.version)
  }
  t.is(reloader.status.history.length, 50)
  t.is(reloader.status.history.at(-1)?.version, inputs.current.version)
})
