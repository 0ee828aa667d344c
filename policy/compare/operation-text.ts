import type { Selection } from './box.js'
import { type Description, describeValues } from './describe-values.js'
import type { Dimension } from './dimension.js'
import { absence } from './dimension-values.js'
import type { Probe } from './probe.js'

/**
 * Says which operations a selection of values for each dimension stands for, in the spelling of the
 * policies: `POST /oauth/v2/oauth-token*`, `everything`, `any method /admin with x-tenant: acme`.
 */
export function operationText(
  dimensions: readonly Dimension[],
  selections: readonly Selection[],
): string {
  const described = new Map(
    dimensions.map((dimension, index) => {
      return [dimension.key, describeSelection(dimension, selections[index] ?? [])]
    }),
  )
  const method = described.get('method') ?? any
  const path = described.get('path') ?? any
  const start =
    isAny(method) && isAny(path)
      ? 'everything'
      : `${inWords(method, 'any method')} ${inWords(path, 'any path')}`
  const rest = dimensions.flatMap(({ key }) => qualification(key, described.get(key) ?? any))
  return [start, ...rest].join(' ')
}

const any: Description = { terms: [], except: [] }

function describeSelection({ values, sets }: Dimension, selection: Selection): Description {
  const universe = new Set(values.keys())
  return describeValues(new Set(selection), universe, sets, value => {
    return valueText(values[value]?.part ?? {})
  })
}

function isAny({ terms, except }: Description): boolean {
  return terms.length === 0 && except.length === 0
}

function inWords({ terms, except }: Description, anyText: string): string {
  const noun = anyText.slice('any '.length)
  if (terms.length > 0) {
    return terms.map(term => (term === 'any other' ? `any other ${noun}` : term)).join(', ')
  }
  return except.length === 0 ? anyText : `${anyText} except ${except.join(', ')}`
}

function qualification(key: string, description: Description): readonly string[] {
  if (isAny(description)) return []
  switch (key) {
    case 'host':
      return [`on ${inWords(description, 'any host')}`]
    case 'destination-port':
      return [`to port ${inWords(description, 'any port')}`]
    case 'destination-ip':
      return [`to ${inWords(description, 'any address')}`]
    case 'source-ip':
      return [`from ${inWords(description, 'any address')}`]
    case 'remote-ip':
      return [`for a client at ${inWords(description, 'any address')}`]
    case 'sni':
      return [`by server name ${inWords(description, 'any server name')}`]
    default:
      return key.startsWith('header ') ? [headerText(key.slice('header '.length), description)] : []
  }
}

function headerText(name: string, description: Description): string {
  const { terms, except } = description
  if (terms.length === 1 && terms[0] === absence.header) return `without ${name}`
  if (terms.length === 0 && except.length === 1 && except[0] === absence.header) {
    return `with any ${name}`
  }
  return `with ${name}: ${inWords(description, 'any value')}`
}

function valueText(part: Partial<Probe>): string {
  if (part.headers !== undefined) return JSON.stringify(Object.values(part.headers).flat())
  return JSON.stringify(Object.values(part)[0] ?? null)
}
