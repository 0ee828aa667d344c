import test from 'ava'
import * as fc from 'fast-check'
import { makeDimension } from '../../../policy/compare/dimension.js'
import { findDifferences } from '../../../policy/compare/find-differences.js'
import { joinProbes, probeFacts } from '../../../policy/compare/probe.js'
import { conditionsByDimension } from '../../../policy/compare/residual.js'
import { allWanted } from '../../../policy/compare/wanted.js'
import {
  type CompiledPolicies,
  compilePolicies,
  decide,
  type Facts,
} from '../../../policy/index.js'
import { compileCondition } from '../../../policy/matching/condition.js'
import { randomPolicies, randomRequest } from './random-policies.js'

const mesh = {
  trustDomain: 'td',
  trustDomainAliases: ['old'],
  rootNamespace: 'istio-system',
  workload: { namespace: 'curity', labels: { role: 'r', app: 'z' } },
}

const compiled = fc
  .tuple(randomPolicies, fc.constantFrom('allow' as const, 'deny' as const))
  .map(([policies, whenNoPolicy]) => compilePolicies(policies, { ...mesh, whenNoPolicy }))

/** What each pattern of a dimension says of a request. */
function told(both: readonly CompiledPolicies[], key: string, facts: Facts): string {
  const place = { file: '', line: 1, column: 1 }
  return allWanted(conditionsByDimension(both).get(key) ?? [])
    .map(({ attribute, pattern }) => {
      const condition = { field: '', attribute, negated: false, patterns: [pattern], place }
      return compileCondition(condition)(facts)
    })
    .join()
}

test('each way in which patterns tell requests apart has a value', t => {
  fc.assert(
    fc.property(compiled, compiled, fc.array(randomRequest, { maxLength: 50 }), (...all) => {
      const [before, after, requests] = all
      const both = [before, after]
      for (const [key, conditions] of conditionsByDimension(both)) {
        const { values, complete } = makeDimension(key, conditions, [])
        t.true(complete)
        const known = new Set(
          values.map(({ part }) => told(both, key, probeFacts(joinProbes([part])))),
        )
        for (const request of requests) {
          t.true(known.has(told(both, key, request)), `${key} ${JSON.stringify(request)}`)
        }
      }
    }),
    { numRuns: 80 },
  )
})

test('every request that is decided differently lies in a box, and every box is different', t => {
  fc.assert(
    fc.property(compiled, compiled, fc.array(randomRequest, { maxLength: 200 }), (...all) => {
      const [before, after, requests] = all
      const { dimensions, boxes, leftOut } = findDifferences(before, after, [], 200_000)
      t.is(leftOut, 0)
      for (const { example } of boxes) {
        const facts = probeFacts(example)
        t.not(decide(before, facts).verdict, decide(after, facts).verdict)
      }
      for (const request of requests) {
        const [old, now] = [decide(before, request), decide(after, request)]
        const inBox = boxes.filter(({ selections }) => {
          return dimensions.every(({ key, values }, index) => {
            const seen = told([before, after], key, request)
            return selections[index]?.some(value => {
              const facts = probeFacts(joinProbes([values[value]?.part ?? {}]))
              return facts.peer.kind === request.peer.kind || key !== 'peer'
                ? told([before, after], key, facts) === seen
                : false
            })
          })
        })
        const text = JSON.stringify({ ...request, headers: [...request.headers] })
        if (old.verdict === now.verdict) {
          t.is(inBox.length, 0, text)
        } else {
          t.true(inBox.length > 0, text)
          for (const { before: left, after: right } of inBox) {
            t.deepEqual([left.rule, right.rule], [old.rule, now.rule], text)
          }
        }
      }
    }),
    { numRuns: 80 },
  )
})
