import fc from 'fast-check'
import { trustDomains } from './connection.js'
import type { Vocabulary } from './request.js'

type Texts = readonly string[]
/** Makes one value of a field. */
export type ValueArbitrary = fc.Arbitrary<string>

/** Cuts a pattern out of a text: as it is, the start, the end, changed a little, or odd. */
export function cutFrom(texts: Texts): ValueArbitrary {
  const form = fc.constantFrom(
    ...[
      'exact',
      'exact',
      'exact',
      'prefix',
      'prefix',
      'suffix',
      'suffix',
      'suffix',
      'any',
      'any',
      'inside',
      'both',
    ],
    ...['case', 'longer', 'shorter'],
  )
  return fc
    .tuple(fc.constantFrom(...texts), form, fc.double({ noNaN: true, min: 0, max: 1 }))
    .map(([text, how, where]) => cut(text, how, Math.round(where * text.length)) || '*')
}

function cut(text: string, how: string, at: number): string {
  switch (how) {
    case 'exact':
      return text
    case 'prefix':
      return `${text.slice(0, Math.max(at, 1))}*`
    case 'suffix':
      return `*${text.slice(Math.min(at, text.length - 1))}`
    case 'inside':
      return `${text.slice(0, at)}*${text.slice(at + 1)}`
    case 'both':
      return `*${text.slice(at)}*`
    case 'case':
      return text === text.toUpperCase() ? text.toLowerCase() : text.toUpperCase()
    case 'longer':
      return `${text}x`
    case 'shorter':
      return text.slice(1)
    default:
      return '*'
  }
}

/** The identities of the callers, without their scheme. */
export function identities({ connections }: Vocabulary): Texts {
  const ids = connections.flatMap(({ peer }) => {
    return peer.kind === 'svid' ? [peer.spiffeId.replace('spiffe://', '')] : []
  })
  return ids.length === 0 ? ['td1/ns/apps/sa/web'] : ids
}

/**
 * Principals: cut from the identities of the callers, or with another trust domain, which aliases may
 * make the same.
 */
export function principals(words: Vocabulary): ValueArbitrary {
  const swapped = fc
    .tuple(
      fc.constantFrom(...identities(words)),
      fc.constantFrom(...trustDomains, 'cluster.local', 'cluster.local', '*-td', 'td*', '*'),
    )
    .map(([id, domain]) => id.replace(/^[^/]*/, domain))
  return fc.oneof(
    { weight: 2, arbitrary: cutFrom(identities(words)) },
    { weight: 1, arbitrary: swapped },
  )
}

/** Namespaces of the callers with a wildcard anywhere, and other pieces of their identities. */
export function namespaces(words: Vocabulary): ValueArbitrary {
  const parts = identities(words).flatMap(id => {
    const found = [...id.matchAll(/(?<=\/ns\/)[^/]+/g)].map(([text]) => text)
    return [
      ...found,
      ...found,
      ...found,
      ...id.split('/').slice(-3),
      id.split('/').slice(2).join('/'),
    ]
  })
  const texts = parts.filter(part => part !== '')
  return fc
    .tuple(fc.constantFrom(...texts, 'apps'), fc.nat(9), fc.nat(9), fc.boolean())
    .map(([text, from, to, whole]) => {
      return whole ? text : `${text.slice(0, from)}*${text.slice(Math.min(from + to, text.length))}`
    })
}

/** Service accounts of the callers, with their namespace or without. */
export function serviceAccounts(words: Vocabulary): ValueArbitrary {
  const pairs = identities(words).flatMap(id => {
    const parts = id.split('/')
    const account = parts[parts.indexOf('sa') + 1] ?? 'web'
    const namespace = parts[parts.indexOf('ns') + 1] ?? 'apps'
    return [`${namespace}/${account}`, `${namespace}/${account}`, account, `shop/${parts.at(-1)}`]
  })
  return fc.constantFrom(...pairs)
}

/**
 * Trust domains of the callers and others, and what stands elsewhere in an identity; with a wildcard
 * at one end or without.
 */
export function trustDomainValues(words: Vocabulary): ValueArbitrary {
  const parts = identities(words).map(id => id.split('/'))
  const domains = parts.flatMap(([domain = '']) => [domain, domain, domain])
  const elsewhere = parts.flatMap(([_, ...path]) => path)
  return fc
    .tuple(
      fc.constantFrom(...domains, ...elsewhere, ...trustDomains),
      fc.constantFrom(0, 0, 1, 2, 3),
      fc.constantFrom(...'eepss*'),
    )
    .map(([domain, at, how]) => {
      if (how === '*') return '*'
      if (how === 'p') return `${domain.slice(0, at)}*`
      return how === 's' ? `*${domain.slice(at)}` : domain
    })
}

/** Addresses and ranges of any length around them. */
export function addresses(texts: Texts): ValueArbitrary {
  const sound = texts.filter(text => /[.:]/.test(text))
  return fc
    .tuple(fc.constantFrom(...sound, '127.0.0.1', '2001:db8::'), fc.nat(128), fc.boolean())
    .map(([address, bits, alone]) => {
      if (alone) return address
      return `${address}/${address.includes(':') ? bits : bits % 33}`
    })
}

/** Paths as they may be seen, without braces, and templates for them. */
export function paths(words: Vocabulary): ValueArbitrary {
  const seen = words.paths.map(path => (path.split('?')[0] ?? '').replaceAll('\\', '/'))
  const plain = seen.map(path => path.replaceAll(/[{}]/g, ''))
  return fc.oneof(
    { weight: 2, arbitrary: cutFrom(plain.map(path => path || '/')) },
    { weight: 1, arbitrary: template(seen) },
  )
}

function template(seen: Texts): ValueArbitrary {
  const operator = fc.array(fc.constantFrom('', '', '{*}', '{**}', '{**}.'), {
    minLength: 5,
    maxLength: 5,
  })
  return fc.tuple(fc.constantFrom(...seen), operator, fc.nat(8)).map(([path, operators, slash]) => {
    const out: string[] = []
    for (const [index, text] of path.split('/').slice(1).entries()) {
      const after = out.includes('{**}')
      const operator = after ? '' : (operators[index] ?? '')
      const sound = /^[a-zA-Z0-9\-._~%!$&'()+,;:@=]+$/.test(text)
      if (operator !== '') out.push(operator.replace('.', ''))
      else if (sound) out.push(text)
      else if (!after) out.push('{*}')
      if (operator === '{**}.') break
    }
    if (!out.some(text => text.startsWith('{'))) out[Math.max(out.length - 1, 0)] = '{*}'
    return `/${out.join('/')}${slash === 0 ? '/' : ''}`
  })
}
