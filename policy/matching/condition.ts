import type {
  AddressRange,
  Condition,
  NamespacePattern,
  Pattern,
  Port,
  ServiceAccountPattern,
  StringPattern,
} from '../authorization-policy.js'
import { asciiLowerCase } from '../byte-string.js'
import type { Facts } from '../facts.js'
import { compileHeaderPatterns } from './header-match.js'
import {
  compileNamespace,
  compilePrincipal,
  compileServiceAccount,
  compileTrustDomain,
} from './identity-match.js'
import { isInRange, parseIpAddress } from './ip-address.js'
import { negate, type Outcome, outcomeOf } from './outcome.js'
import {
  anyOf,
  compileHostPattern,
  compileNonEmpty,
  compilePathPattern,
  compileStringPattern,
  type StringTest,
} from './string-match.js'

/** What a condition says of a request. */
export type ConditionTest = (facts: Facts) => Outcome

/**
 * Compiles a condition to a test.
 *
 * A condition on the peer's identity is unknown when the peer showed a certificate from which none
 * can be taken; a peer without a certificate has no identity, so that only `not` fields match. An
 * address or a port that the facts do not hold is unknown too, because a connection always has one.
 * A missing header or server name is missing.
 */
export function compileCondition(condition: Condition): ConditionTest {
  const test = compileAttribute(condition)
  return condition.negated ? facts => negate(test(facts)) : test
}

function compileAttribute({ attribute, patterns }: Condition): ConditionTest {
  switch (attribute.kind) {
    case 'principal':
      return identityTest(compileAll<StringPattern>(patterns, compilePrincipal))
    case 'namespace':
      return identityTest(compileAll<NamespacePattern>(patterns, compileNamespace))
    case 'service-account':
      return identityTest(compileAll<ServiceAccountPattern>(patterns, compileServiceAccount))
    case 'trust-domain':
      return identityTest(compileAll<StringPattern>(patterns, compileTrustDomain))
    case 'source-ip':
      return addressTest(patterns, facts => facts.sourceIp)
    case 'remote-ip':
      return addressTest(patterns, facts => facts.remoteIp)
    case 'destination-ip':
      return addressTest(patterns, facts => facts.destinationIp)
    case 'destination-port':
      return portTest(patterns)
    case 'host': {
      const test = compileAll<StringPattern>(patterns, compileHostPattern)
      return facts => outcomeOf(test(asciiLowerCase(facts.host)))
    }
    case 'method': {
      const test = compileAll<StringPattern>(patterns, compileStringPattern)
      return facts => outcomeOf(test(facts.method))
    }
    case 'path': {
      const test = compileAll<Pattern>(patterns, compilePathPattern)
      return facts => outcomeOf(test(facts.path))
    }
    case 'sni': {
      const test = compileAll<StringPattern>(patterns, compileNonEmpty)
      return facts => outcomeOf(facts.sni !== undefined && test(facts.sni))
    }
    case 'header':
      return headerTest(attribute.name, patterns as readonly StringPattern[])
  }
}

function compileAll<P extends Pattern>(
  patterns: readonly Pattern[],
  compile: (pattern: P) => StringTest,
): StringTest {
  return anyOf(patterns.map(pattern => compile(pattern as P)))
}

function identityTest(test: StringTest): ConditionTest {
  return ({ peer }) => {
    switch (peer.kind) {
      case 'svid':
        return outcomeOf(test(peer.spiffeId))
      case 'absent':
        return 'mismatch'
      case 'invalid':
        return 'unknown'
    }
  }
}

function addressTest(
  patterns: readonly Pattern[],
  addressOf: (facts: Facts) => string | undefined,
): ConditionTest {
  const ranges = (patterns as readonly AddressRange[]).map(({ address, prefixLength }) => {
    return { network: parseIpAddress(address) ?? [], prefixLength }
  })
  return facts => {
    const text = addressOf(facts)
    const address = text === undefined ? undefined : parseIpAddress(text)
    if (address === undefined) return 'unknown'
    return outcomeOf(
      ranges.some(({ network, prefixLength }) => isInRange(address, network, prefixLength)),
    )
  }
}

function portTest(patterns: readonly Pattern[]): ConditionTest {
  const ports = new Set((patterns as readonly Port[]).map(({ port }) => port))
  return ({ destinationPort }) => {
    return destinationPort === undefined ? 'unknown' : outcomeOf(ports.has(destinationPort))
  }
}

function headerTest(name: string, patterns: readonly StringPattern[]): ConditionTest {
  const test = compileHeaderPatterns(patterns)
  // Envoy keeps no `host`: what came as one is `:authority`, and is never more than one line.
  if (name === 'host' || name === ':authority') return ({ host }) => test([host], false)
  return ({ headers, headersJoined }) => {
    const lines = headers.get(name)
    return lines === undefined ? 'mismatch' : test(lines, headersJoined)
  }
}
