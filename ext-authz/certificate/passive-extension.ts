import { CertificateError } from './certificate-error.js'
import {
  constructedContextTag,
  contextTag,
  type DerElement,
  expectEnd,
  readFields,
  readSoleElement,
  tag,
} from './der.js'
import { readCount, readObjectIdentifier } from './der-value.js'
import { type Extension, extensionId } from './extension.js'

type FormCheck = (value: DerElement) => void

/** The form of each extension that nothing is taken from: RFC 5280 sections 4.2.1 and 4.2.2. */
const forms: Readonly<Record<string, FormCheck>> = {
  [extensionId.subjectKeyIdentifier]: value => expectTag(value, [tag.octetString]),
  [extensionId.authorityKeyIdentifier]: value =>
    expectTags(readFields(value, tag.sequence), [
      contextTag(0),
      constructedContextTag(1),
      contextTag(2),
    ]),
  [extensionId.crlDistributionPoints]: value =>
    readFields(value, tag.sequence).forEach(checkDistributionPoint),
  [extensionId.certificatePolicies]: checkPolicies,
  [extensionId.policyMappings]: value => readFields(value, tag.sequence).forEach(checkMapping),
  [extensionId.policyConstraints]: value =>
    expectTags(readFields(value, tag.sequence), [contextTag(0), contextTag(1)]),
  [extensionId.inhibitAnyPolicy]: value => void readCount(value),
  [extensionId.authorityInformationAccess]: value =>
    readFields(value, tag.sequence).forEach(checkAccess),
}

/**
 * Checks the form of the extensions that no rule here reads, as Go does on which go-spiffe stands:
 * a certificate that another reader would stop at is not one to vouch for.
 *
 * @throws {CertificateError} `bad-extension`, `not-der`
 */
export function checkPassiveExtensions(extensions: ReadonlyMap<string, Extension>): void {
  for (const [identifier, { value }] of extensions) {
    forms[identifier]?.(readSoleElement(value))
  }
}

function checkDistributionPoint(point: DerElement): void {
  const fields = readFields(point, tag.sequence)
  expectTags(fields, [constructedContextTag(0), contextTag(1), constructedContextTag(2)])
  const name = fields.find(field => field.tag === constructedContextTag(0))
  if (name === undefined) return
  expectTag(readSoleElement(name.content), [constructedContextTag(0), constructedContextTag(1)])
}

function checkPolicies(value: DerElement): void {
  const policies = readFields(value, tag.sequence).map(policy =>
    readObjectIdentifier(readFields(policy, tag.sequence)[0]),
  )
  if (new Set(policies).size !== policies.length) {
    throw new CertificateError('bad-extension', 'a certificate policy comes twice')
  }
}

function checkMapping(mapping: DerElement): void {
  const [issuerPolicy, subjectPolicy, ...rest] = readFields(mapping, tag.sequence)
  readObjectIdentifier(issuerPolicy)
  readObjectIdentifier(subjectPolicy)
  expectEnd(rest)
}

function checkAccess(description: DerElement): void {
  const [method, location, ...rest] = readFields(description, tag.sequence)
  readObjectIdentifier(method)
  if (location === undefined) throw misformed()
  expectEnd(rest)
}

/** Each field has one of the tags, in their order and none twice. */
function expectTags(fields: readonly DerElement[], expected: readonly number[]): void {
  let next = 0
  for (const field of fields) {
    next = expected.indexOf(field.tag, next) + 1
    if (next === 0) throw misformed()
  }
}

function expectTag(element: DerElement, expected: readonly number[]): void {
  if (!expected.includes(element.tag)) throw misformed()
}

function misformed(): CertificateError {
  return new CertificateError('bad-extension', 'an extension has not the form of its kind')
}
