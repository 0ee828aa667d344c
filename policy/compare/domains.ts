import { parseSpiffeId } from '../spiffe-id.js'
import type { Domain } from './witnesses.js'

const letters = 'xyzabcdefghijklmnopqrstuvw'
const digits = '0123456789'
const marks = `._-~!$&'()*+,;=:@%`
const rest = `"<>[]^\`{|}\\ `

/** Domain of texts of any characters, with or without the empty one. */
export function anyText(empty: 'empty' | 'not-empty', without = ''): Domain {
  const all = [...letters, ...letters.toUpperCase(), ...digits, ...marks, '/', '?', '#', ...rest]
  return {
    alphabet: all.filter(character => !without.includes(character)),
    start: 'empty',
    step: (_, character) => (without.includes(character) ? undefined : 'not-empty'),
    accepts: state => state === 'not-empty' || empty === 'empty',
    kind: () => 'any',
  }
}

/** Domain of what stands in `:path`: it starts with a slash, or it is `*`. */
export function pathText(query: 'with-query' | 'without-query'): Domain {
  const { alphabet, step } = anyText('not-empty', query === 'with-query' ? '' : '?#')
  return {
    alphabet,
    start: 'start',
    step(state, character) {
      if (state === 'asterisk') return undefined
      if (state === 'path') return step(state, character) && 'path'
      if (character === '/') return 'path'
      return character === '*' ? 'asterisk' : undefined
    },
    accepts: state => state !== 'start',
    kind: character => (/[/*]/.test(character) ? character : 'other'),
  }
}

const scheme = 'spiffe://'
const namespaceMark = '/ns/'

/**
 * Gives the domain of the SPIFFE IDs of workloads, which have a path.
 *
 * @param maximumNamespaces how often an ID may name a namespace (`/ns/`). Nobody issues IDs that do
 * so more than once, and their kinds are as many as the sets of namespaces.
 */
export function workloadIds(maximumNamespaces: number): Domain {
  return {
    alphabet: [...letters, ...letters.toUpperCase(), ...digits, '.', '_', '-', '/', ':'],
    start: '0',
    step(state, character) {
      const [place = '', progress = '0', namespaces = '0'] = state.split(' ')
      const next = nextPlace(place, character)
      if (next === undefined || /^\d/.test(next) || next === 'domain') return next
      let matched = namespaceMark[Number(progress)] === character ? Number(progress) + 1 : 0
      let count = Number(namespaces)
      if (matched === namespaceMark.length) count++
      if (matched === 0 || matched === namespaceMark.length) matched = character === '/' ? 1 : 0
      return count > maximumNamespaces ? undefined : `${next} ${matched} ${count}`
    },
    accepts: state => state.startsWith('segment'),
    kind(character) {
      if (/[A-Z]/.test(character)) return 'upper case'
      return `${scheme}${namespaceMark}.`.includes(character) ? character : 'other'
    },
  }
}

/** A place is how much of the scheme was seen, the trust domain, or where in a segment it is. */
function nextPlace(place: string, character: string): string | undefined {
  if (/^\d+$/.test(place)) {
    const seen = Number(place)
    if (seen < scheme.length) return character === scheme[seen] ? String(seen + 1) : undefined
    return /[a-z0-9._-]/.test(character) ? 'domain' : undefined
  }
  if (character === '/') {
    return place === 'domain' || place === 'segment' ? 'start' : undefined
  }
  if (place === 'domain') return /[a-z0-9._-]/.test(character) ? 'domain' : undefined
  if (!/[A-Za-z0-9._-]/.test(character)) return undefined
  if (character !== '.') return 'segment'
  if (place === 'start') return 'dot'
  return place === 'dot' ? 'dots' : 'segment'
}

/** Tells whether a text is the SPIFFE ID of a workload. */
export function isWorkloadId(text: string): boolean {
  try {
    return parseSpiffeId(text).path !== ''
  } catch {
    return false
  }
}
