import type {
  NamespacePattern,
  ServiceAccountPattern,
  StringPattern,
} from '../authorization-policy.js'
import type { StringTest } from './string-match.js'

const scheme = 'spiffe://'

/**
 * Compiles a pattern for a principal, which a policy writes without `spiffe://` (so that a pattern
 * with it never matches). `*` is any identity.
 */
export function compilePrincipal(pattern: StringPattern): StringTest {
  switch (pattern.kind) {
    case 'any':
      return id => id !== ''
    case 'exact':
      return id => id === scheme + pattern.value
    case 'prefix':
      return id => id.startsWith(scheme + pattern.value)
    case 'suffix':
      return id => id.startsWith(scheme) && id.slice(scheme.length).endsWith(pattern.value)
  }
}

/**
 * Compiles a pattern for a namespace: `/ns/NAMESPACE/` anywhere in the identity, where every `*` is
 * any run of characters, slashes too. Found piece by piece from the left, in linear time.
 */
export function compileNamespace({ value }: NamespacePattern): StringTest {
  const pieces = `/ns/${value}/`.split('*')
  return id => {
    let position = 0
    for (const piece of pieces) {
      const found = id.indexOf(piece, position)
      if (found === -1) return false
      position = found + piece.length
    }
    return true
  }
}

/**
 * Compiles a pattern for a service account of a namespace, in any trust domain: Istio's expression
 * `spiffe://.+/ns/NS/(.+/|)sa/SA(/.+)?`. The first `/ns/NS/` is the only one that needs a look: what
 * follows a later one also follows the first.
 */
export function compileServiceAccount(pattern: ServiceAccountPattern): StringTest {
  const namespace = `/ns/${pattern.namespace}/`
  const account = `/sa/${pattern.serviceAccount}`
  return id => {
    // One character of a trust domain at least.
    const first = id.startsWith(scheme) ? id.indexOf(namespace, scheme.length + 1) : -1
    if (first === -1) return false
    const afterNamespace = first + namespace.length
    let found = id.indexOf(account, afterNamespace - 1)
    while (found !== -1) {
      const end = found + account.length
      const whole = end === id.length || (id[end] === '/' && end + 1 < id.length)
      // Right after the namespace's slash would be an empty segment in between.
      if (whole && found !== afterNamespace) return true
      found = id.indexOf(account, found + 1)
    }
    return false
  }
}

/**
 * Compiles a pattern for a trust domain: what stands between `spiffe://` and a slash. A wildcard
 * spans no slash; a value of a condition may hold one, and then means the path's beginning too.
 */
export function compileTrustDomain(pattern: StringPattern): StringTest {
  switch (pattern.kind) {
    case 'any':
      return id => id.startsWith(scheme)
    case 'exact':
      return id => id.startsWith(`${scheme}${pattern.value}/`)
    case 'prefix': {
      const start = scheme + pattern.value
      return id => id.startsWith(start) && id.includes('/', start.length)
    }
    case 'suffix': {
      const end = `${pattern.value}/`
      const slashInEnd = end.indexOf('/')
      return id => {
        if (!id.startsWith(scheme)) return false
        const start = id.indexOf('/', scheme.length) - slashInEnd
        return start >= scheme.length && id.startsWith(end, start)
      }
    }
  }
}
