import fc from 'fast-check'
import { serverNames } from './connection.js'
import {
  addresses,
  cutFrom,
  namespaces,
  paths,
  principals,
  serviceAccounts,
  trustDomainValues,
  type ValueArbitrary,
} from './pattern.js'
import type { Vocabulary } from './request.js'

/** What makes a value, by the name of the field or the key of the condition that takes it. */
export type Fields = Readonly<Record<string, ValueArbitrary>>

/** The fields of a `source`, without their `not` forms. */
export function sourceFields(words: Vocabulary): Fields {
  return {
    principals: principals(words),
    namespaces: namespaces(words),
    serviceAccounts: serviceAccounts(words),
    trustDomains: trustDomainValues(words),
    ipBlocks: addresses(words.connections.map(({ sourceIp }) => sourceIp)),
    remoteIpBlocks: addresses(words.addresses),
  }
}

/** The fields of an `operation`, without their `not` forms. */
export function operationFields(words: Vocabulary): Fields {
  return {
    hosts: cutFrom(words.hosts),
    methods: cutFrom(words.methods),
    paths: paths(words),
    ports: fc.constantFrom('8443', '8080', '443', '1'),
  }
}

/** The keys of a condition. */
export function conditionFields(words: Vocabulary): Fields {
  const { connections, headerName, headerValues } = words
  const joined = headerValues.flatMap(one => headerValues.map(other => `${one},${other}`))
  const sources = sourceFields(words)
  return {
    'source.principal': sources.principals as ValueArbitrary,
    'source.namespace': sources.namespaces as ValueArbitrary,
    'source.serviceAccount': sources.serviceAccounts as ValueArbitrary,
    'source.trustDomain': sources.trustDomains as ValueArbitrary,
    'source.ip': sources.ipBlocks as ValueArbitrary,
    'remote.ip': sources.remoteIpBlocks as ValueArbitrary,
    'destination.ip': addresses(connections.map(({ destinationIp }) => destinationIp)),
    'destination.port': fc.constantFrom('8443', '8080', '443', '08443', '0'),
    'connection.sni': cutFrom([...connections.flatMap(({ sni }) => sni ?? []), ...serverNames]),
    [`request.headers[${headerName}]`]: cutFrom([...headerValues, ...joined]),
    'request.headers[x-b]': cutFrom([...headerValues, ...headerValues, ...joined]),
    'request.headers[X-B]': cutFrom(headerValues),
    'request.headers[host]': cutFrom(words.hosts),
    'request.headers[:authority]': cutFrom(words.hosts),
    'request.headers[:path]': cutFrom(words.paths),
    'request.headers[:method]': cutFrom(words.methods),
    'request.headers[:scheme]': fc.constantFrom('https', 'http', 'http*', '*s'),
    'request.headers[x-forwarded-for]': cutFrom(words.addresses),
    'request.headers[x-forwarded-proto]': fc.constantFrom('https', 'http'),
    'request.headers[x-absent]': fc.constantFrom('*', 'a'),
  }
}
