import { isIP } from 'node:net'
import { parseSpiffeId } from '../../policy/index.js'
import type { Certificate } from './certificate.js'
import { CertificateError } from './certificate-error.js'
import {
  constructedContextTag,
  expectEnd,
  readFields,
  readSoleElement,
  tag,
  takeOptional,
} from './der.js'
import { extensionId } from './extension.js'
import { isEmptyName } from './name.js'
import {
  type AlternativeName,
  readAlternativeName,
  readAlternativeNames,
} from './subject-alternative-name.js'

/** What an authority may name: RFC 5280 section 4.2.1.10. */
export interface NameConstraints {
  readonly permitted: readonly AlternativeName[]
  readonly excluded: readonly AlternativeName[]
}

/** The kinds of names for which a critical constraint may stand: compared, or refused below. */
const knownKinds: ReadonlySet<string> = new Set(['uri', 'dns', 'email', 'ip'])

/**
 * Reads the name constraints of an authority; undefined when it has none.
 *
 * @throws {CertificateError} `bad-extension` when they are empty or have bounds,
 * `unknown-critical-extension` when they are critical and of another kind than URI, DNS, e-mail and
 * IP, `not-der`
 */
export function readNameConstraints({ extensions }: Certificate): NameConstraints | undefined {
  const extension = extensions.get(extensionId.nameConstraints)
  if (extension === undefined) return undefined
  const fields = readFields(readSoleElement(extension.value), tag.sequence)
  const permitted = readSubtrees(takeOptional(fields, constructedContextTag(0)))
  const excluded = readSubtrees(takeOptional(fields, constructedContextTag(1)))
  expectEnd(fields)
  if (permitted.length + excluded.length === 0) {
    throw new CertificateError('bad-extension', 'its name constraints are empty')
  }
  if (extension.critical && [...permitted, ...excluded].some(({ kind }) => !knownKinds.has(kind))) {
    throw new CertificateError(
      'unknown-critical-extension',
      'its name constraints are of a kind that is not understood',
    )
  }
  return { permitted, excluded }
}

/**
 * Tells whether the constraints of an authority let a certificate below it have its names.
 *
 * URI constraints hold for the trust domain of a SPIFFE ID and DNS constraints for DNS names. A
 * constraint on another kind of name is not understood: where the certificate may have such a name,
 * the answer is no. Where Go and RFC 5280 differ, each has its stricter half: `example.org` permits
 * that host alone for a URI, and excludes every host below it too.
 */
export function permitsNames(constraints: NameConstraints, certificate: Certificate): boolean {
  const names = readAlternativeNames(certificate.extensions) ?? []
  if (!isEmptyName(certificate.subject) && constrainsSubject(constraints)) return false
  return names.every(name => permitsName(constraints, name))
}

/** A subject is a directory name, and may hold an e-mail address. */
function constrainsSubject({ permitted, excluded }: NameConstraints): boolean {
  return [...permitted, ...excluded].some(({ kind }) => kind === 'directory' || kind === 'email')
}

function permitsName(constraints: NameConstraints, name: AlternativeName): boolean {
  const permitted = constraints.permitted.filter(({ kind }) => kind === name.kind)
  const excluded = constraints.excluded.filter(({ kind }) => kind === name.kind)
  if (permitted.length + excluded.length === 0) return true
  const host = hostOf(name)
  if (host === undefined) return false
  return (
    (permitted.length === 0 || permitted.some(base => isPermittedBy(base, host))) &&
    !excluded.some(base => isExcludedBy(base, host))
  )
}

/** The host to compare, in lower case; undefined for a name that cannot be compared. */
function hostOf({ kind, text }: AlternativeName): string | undefined {
  if (kind === 'dns') return text.toLowerCase()
  if (kind !== 'uri') return undefined
  try {
    const { trustDomain } = parseSpiffeId(text)
    // RFC 5280 section 4.2.1.10: a URI with an IP address is never within a constraint.
    return isIP(trustDomain) === 0 ? trustDomain : undefined
  } catch {
    return undefined
  }
}

function isPermittedBy({ kind, text }: AlternativeName, host: string): boolean {
  const base = text.toLowerCase()
  if (base === '' || host === base) return true
  if (base.startsWith('.')) return host.endsWith(base)
  return kind === 'dns' && host.endsWith(`.${base}`)
}

function isExcludedBy({ text }: AlternativeName, host: string): boolean {
  const base = text.toLowerCase().replace(/^\./, '')
  if (base === '' || host === base || host.endsWith(`.${base}`)) return true
  // A wildcard may stand for what is excluded.
  return host.startsWith('*.') && base.endsWith(host.slice(1))
}

function readSubtrees(element: ReturnType<typeof takeOptional>): AlternativeName[] {
  if (element === undefined) return []
  return readFields(element, element.tag).map(subtree => {
    const [base, ...bounds] = readFields(subtree, tag.sequence)
    if (base === undefined || bounds.length > 0) {
      throw new CertificateError('bad-extension', 'a name constraint has bounds')
    }
    return readAlternativeName(base, 'constraint')
  })
}
