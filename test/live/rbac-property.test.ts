import { randomInt } from 'node:crypto'
import test from 'ava'
import {
  type CompiledPolicies,
  type CompileOptions,
  compilePolicies,
  type Facts,
} from '../../policy/index.js'
import { Lifetime } from '../../rig/index.js'
import {
  type Decided,
  decideByEnvoy,
  describeDifference,
  expectedVerdict,
  findDifferences,
} from './rbac-property/comparison.js'
import { allThings, countDecisive } from './rbac-property/decisive.js'
import { startEnforcers } from './rbac-property/enforcers.js'
import { makeCases, type PolicyCase, readPolicies } from './rbac-property/policy-case.js'

// SIDECERT_PROPERTY_SEED takes another run, `random` one that nobody has seen; SIDECERT_PROPERTY_CASES makes it longer or shorter.
const wantedSeed = process.env.SIDECERT_PROPERTY_SEED ?? '1570482529'
const seed = wantedSeed === 'random' ? randomInt(2 ** 31) : Number(wantedSeed)
const usualCases = 840
const caseCount = Number(process.env.SIDECERT_PROPERTY_CASES ?? usualCases)
const requestsEach = 25

const lifetime = new Lifetime()
let cases: readonly PolicyCase[]
let options: readonly CompileOptions[]
let compiled: readonly CompiledPolicies[]
let decided: readonly Decided[]

test.before(async t => {
  t.timeout(400_000)
  cases = makeCases({ seed, cases: caseCount, requests: requestsEach })
  options = cases.map(({ scope, whenNoPolicy }) => ({ ...scope, whenNoPolicy }))
  compiled = cases.map((one, index) => {
    return compilePolicies(readPolicies(one), options[index] as CompileOptions)
  })
  const running = await startEnforcers(lifetime, cases)
  const questions = cases.flatMap(({ requests }, caseNumber) => {
    return requests.map(request => ({ caseNumber, request }))
  })
  decided = await decideByEnvoy(running, questions)
  const allowed = decided.filter(({ native }) => native.allowed).length
  t.log(`seed ${seed}: ${decided.length} requests decided, ${allowed} of them allowed`)
})
test.after.always(() => lifetime.end())

test("random policies mean the same to Envoy's RBAC, to decide and to the service", t => {
  const found = findDifferences(compiled, decided)
  const described = found.slice(0, 3).map(difference => {
    const { caseNumber } = difference.question
    return describeDifference(
      difference,
      cases[caseNumber] as PolicyCase,
      compiled[caseNumber] as CompiledPolicies,
    )
  })
  t.is(found.length, 0, `SIDECERT_PROPERTY_SEED=${seed}\n${described.join('\n')}`)
  t.true(decided.length >= caseCount * requestsEach * 0.98, 'few are refused by Envoy itself')
})

test('everything that a policy can say was decisive for many requests', t => {
  const counts = countDecisive(cases.map(readPolicies), options, decided)
  const wanted = caseCount >= usualCases ? 20 : 0
  for (const thing of allThings()) {
    const count = counts.get(thing) ?? 0
    t.true(count >= wanted, `${thing}: ${count}, SIDECERT_PROPERTY_SEED=${seed}`)
  }
  t.log([...counts].map(([thing, count]) => `${thing}: ${count}`).join('\n'))
})

/** What an enforcer would see that gets one thing wrong. */
const faults: Readonly<Record<string, (facts: Facts) => Facts>> = {
  'that cuts the port off a host': f => ({ ...f, host: f.host.replace(/:\d+$/, '') }),
  'that cuts the dot off a host': f => ({ ...f, host: f.host.replace(/\.$/, '') }),
  'that leaves the query in the path': f => ({ ...f, path: f.headers.get(':path')?.[0] ?? '' }),
  'that decodes the path': f => ({ ...f, path: f.path.replaceAll(/%2f/gi, '/') }),
  'that does not tell cases of a path apart': f => ({ ...f, path: f.path.toLowerCase() }),
  'that merges slashes': f => ({ ...f, path: f.path.replaceAll(/\/+/g, '/') }),
  'that sees the first line of a header': f => withLines(f, lines => lines.slice(0, 1)),
  'that joins the lines of a header': f => withLines(f, lines => [lines.join(',')]),
  'that splits the lines of a header': f => withLines(f, lines => lines.flatMap(l => l.split(','))),
  'that takes an empty header for a missing one': f => {
    return { ...f, headers: new Map([...f.headers].filter(([, lines]) => lines.join('') !== '')) }
  },
  "that takes the first hop for the client's": f => {
    const first = f.headers.get('x-forwarded-for')?.[0]?.split(',')[0]
    return { ...f, remoteIp: first ?? f.remoteIp }
  },
  "that takes the connection's address for the client's": f => ({ ...f, remoteIp: f.sourceIp }),
  'that has no server name': f => ({ ...f, sni: undefined }),
  'that forgets the identity': f => ({ ...f, peer: { kind: 'absent' } }),
  'that asks nothing of a caller without identity': f => {
    return f.peer.kind === 'absent' ? { ...f, peer: { kind: 'invalid', reason: '' } } : f
  },
}

function withLines(facts: Facts, change: (lines: readonly string[]) => readonly string[]): Facts {
  const headers = [...facts.headers].map(([name, lines]) => [name, change(lines)] as const)
  return { ...facts, headers: new Map(headers) }
}

for (const [what, fault] of Object.entries(faults))
  test(`an enforcer ${what} is found out`, t => {
    const found = findDifferences(compiled, decided, (policies, facts) => {
      return expectedVerdict(policies, fault(facts))
    })
    t.log(found.length)
    t.true(found.length > 0)
  })
