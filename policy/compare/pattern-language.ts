import type {
  Attribute,
  NamespacePattern,
  Pattern,
  ServiceAccountPattern,
  StringPattern,
} from '../authorization-policy.js'
import { compilePathTemplate } from '../matching/path-template.js'
import {
  type CharacterSet,
  everything,
  inEitherCase,
  type Language,
  literally,
  many,
  one,
  type Step,
} from './language.js'

const scheme = literally('spiffe://')
const anything = [many(everything)]
const something = [one(everything), many(everything)]
const beforeSlash: CharacterSet = { has: character => character !== '/' }

/**
 * Gives the strings that a pattern matches: identities in full, paths with what may follow behind
 * `?` or `#`, all else as it is. It only guides the search for requests that patterns tell apart;
 * whether a pattern matches is asked of the pattern's own test.
 */
export function patternLanguage(attribute: Attribute, pattern: Pattern): Language {
  switch (attribute.kind) {
    case 'principal':
      return principal(pattern as StringPattern)
    case 'namespace':
      return [namespace(pattern as NamespacePattern)]
    case 'service-account':
      return serviceAccount(pattern as ServiceAccountPattern)
    case 'trust-domain':
      return [trustDomain(pattern as StringPattern)]
    case 'path':
      return path(pattern)
    case 'host':
      return [string(pattern as StringPattern, everything, inEitherCase)]
    default:
      return [string(pattern as StringPattern, everything)]
  }
}

function string(pattern: StringPattern, set: CharacterSet, spell = literally): readonly Step[] {
  switch (pattern.kind) {
    case 'any':
      return [many(set)]
    case 'exact':
      return spell(pattern.value)
    case 'prefix':
      return [...spell(pattern.value), many(set)]
    case 'suffix':
      return [many(set), ...spell(pattern.value)]
  }
}

function principal(pattern: StringPattern): Language {
  return pattern.kind === 'any' ? [anything] : [[...scheme, ...string(pattern, everything)]]
}

function namespace({ value }: NamespacePattern): readonly Step[] {
  const pieces = `/ns/${value}/`.split('*')
  return [...anything, ...pieces.flatMap(piece => [...literally(piece), ...anything])]
}

/** `spiffe://.+/ns/NS/(.+/|)sa/SA(/.+)?`, each optional part left out and put in. */
function serviceAccount(pattern: ServiceAccountPattern): Language {
  const start = [...scheme, ...something, ...literally(`/ns/${pattern.namespace}/`)]
  const account = literally(`sa/${pattern.serviceAccount}`)
  const between = [[], [...something, ...literally('/')]]
  const behind = [[], [...literally('/'), ...something]]
  return between.flatMap(middle => {
    return behind.map(end => [...start, ...middle, ...account, ...end])
  })
}

function trustDomain(pattern: StringPattern): readonly Step[] {
  const slash = literally('/')
  switch (pattern.kind) {
    case 'any':
      return [...scheme, ...anything]
    case 'exact':
      return [...scheme, ...literally(pattern.value), ...slash, ...anything]
    case 'prefix':
      return [...scheme, ...literally(pattern.value), ...anything, ...slash, ...anything]
    case 'suffix':
      return [...scheme, many(beforeSlash), ...literally(pattern.value), ...slash, ...anything]
  }
}

const beforeQuery: CharacterSet = { has: character => character !== '?' && character !== '#' }
const startOfQuery: CharacterSet = { has: character => character === '?' || character === '#' }
const inSegment: CharacterSet = characterSet(compilePathTemplate('/{*}'))
const inRest: CharacterSet = characterSet(compilePathTemplate('/{**}'))

function path(pattern: Pattern): Language {
  const steps =
    pattern.kind === 'template'
      ? template(pattern.source)
      : string(pattern as StringPattern, beforeQuery)
  return [steps, [...steps, one(startOfQuery), ...anything]]
}

function template(source: string): readonly Step[] {
  return source.split(/(\{\*\*?\})/).flatMap(piece => {
    if (piece === '{**}') return [many(inRest)]
    return piece === '{*}' ? [one(inSegment), many(inSegment)] : literally(piece)
  })
}

function characterSet(accepts: (path: string) => boolean): CharacterSet {
  return { has: character => accepts(`/${character}`) }
}
