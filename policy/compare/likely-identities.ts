import type { Wanted } from './wanted.js'

/**
 * Gives SPIFFE IDs as a mesh issues them, one or two for each pattern, so that a request that stands
 * for many looks like one of them. What they leave out is found by the search for witnesses.
 */
export function likelyIdentities(wanted: readonly Wanted[]): readonly string[] {
  const trustDomains = [...new Set(wanted.flatMap(trustDomainOf)), 'other.example']
  const [first = 'other.example'] = trustDomains
  return [
    ...wanted.flatMap(each => likelyMatches(each, first)),
    ...trustDomains.map(trustDomain => `spiffe://${trustDomain}/ns/other/sa/other`),
  ]
}

function trustDomainOf({ attribute, pattern }: Wanted): readonly string[] {
  if (attribute.kind !== 'principal') return []
  if (pattern.kind !== 'exact' && pattern.kind !== 'prefix') return []
  const slash = pattern.value.indexOf('/')
  return slash === -1 ? [] : [pattern.value.slice(0, slash)]
}

function likelyMatches({ attribute, pattern }: Wanted, trustDomain: string): readonly string[] {
  switch (pattern.kind) {
    case 'namespace':
      return [`spiffe://${trustDomain}/ns/${pattern.value.replaceAll('*', 'other')}/sa/other`]
    case 'service-account':
      return [`spiffe://${trustDomain}/ns/${pattern.namespace}/sa/${pattern.serviceAccount}`]
    case 'exact':
      return attribute.kind === 'trust-domain'
        ? [`spiffe://${pattern.value}/ns/other/sa/other`]
        : []
    case 'prefix':
      return attribute.kind === 'principal'
        ? ['other', 'other/sa/other', 'ns/other/sa/other', '/ns/other/sa/other'].map(rest => {
            return `spiffe://${pattern.value}${rest}`
          })
        : []
    case 'suffix':
      return attribute.kind === 'principal'
        ? [`spiffe://${trustDomain}/ns/other`, `spiffe://${trustDomain}/ns/other/sa/other`].map(
            start => `${start}${pattern.value}`,
          )
        : []
    default:
      return []
  }
}
