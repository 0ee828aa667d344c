import test from 'ava'
import { isWorkloadId, pathText, workloadIds } from '../../../policy/compare/domains.js'
import { patternLanguage } from '../../../policy/compare/pattern-language.js'
import { findWitnesses } from '../../../policy/compare/witnesses.js'
import type { Attribute, Pattern } from '../../../policy/index.js'
import { readPathPattern } from '../../../policy/reading/value-pattern.js'

function paths(...patterns: readonly string[]): readonly string[] {
  const languages = patterns.map(text => {
    return patternLanguage({ kind: 'path' }, readPathPattern(text) as Pattern)
  })
  const { texts, complete } = findWitnesses(languages, pathText('without-query'))
  if (!complete) throw new Error('there is more')
  return texts
}

function identities(wanted: readonly (readonly [Attribute['kind'], Pattern])[]) {
  const languages = wanted.map(([kind, pattern]) => {
    return patternLanguage({ kind } as Attribute, pattern)
  })
  return findWitnesses(languages, workloadIds(2))
}

test('a prefix and what is longer, a suffix, both and none have a path each', t => {
  t.deepEqual(paths('/a*', '*b'), ['*', '/a', '/b', '/ab'])
})

test('an exact path is told from the prefix that it begins with', t => {
  t.deepEqual(paths('/a', '/a*'), ['*', '/a', '/ax'])
})

test('the operators of templates are told apart: one segment, any rest, an empty rest', t => {
  t.deepEqual(paths('/a/{**}', '/a/{*}', '*/'), ['*', '/', '/a/', '/a/x', '/a//x'])
})

test('a character that no template takes has a path', t => {
  t.deepEqual(paths('/{*}', '/{**}', '/*'), ['*', '/', '/x', '/"'])
})

test('namespaces that an identity may name both have one that does', t => {
  const { texts, complete } = identities([
    ['namespace', { kind: 'namespace', value: 'a' }],
    ['namespace', { kind: 'namespace', value: 'b' }],
    ['principal', { kind: 'suffix', value: '/sa/x' }],
  ])
  t.true(complete)
  t.is(texts.length, 8)
  for (const text of texts) t.true(isWorkloadId(text), text)
})

test('a service account is told from one that only ends like it', t => {
  const { texts } = identities([
    ['service-account', { kind: 'service-account', namespace: 'a', serviceAccount: 'x' }],
    ['principal', { kind: 'suffix', value: 'sa/x' }],
  ])
  t.is(texts.length, 4)
})
