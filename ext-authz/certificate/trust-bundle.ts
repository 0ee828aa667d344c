import {
  type Diagnostic,
  diagnostic,
  hasErrors,
  isTrustDomain,
  type Place,
} from '../../policy/index.js'
import { decodeMember, isValidAt, type Member, memberDiagnostics } from './bundle-member.js'
import { type Certificate, sameOctets } from './certificate.js'
import { readPemBundle } from './pem-bundle.js'
import { readSpiffeBundle } from './spiffe-bundle.js'
import { momentOf } from './x509-svid.js'

/** The authorities of one trust domain. */
export interface TrustBundle {
  readonly trustDomain: string
  /** What is trusted by itself. */
  readonly anchors: readonly Certificate[]
  /** What a path may lead over on its way to an anchor, and nothing more. */
  readonly intermediates: readonly Certificate[]
}

/** Where a trust bundle comes from and what it stands for. */
export interface TrustBundleSource {
  /** The file's name, for places only. */
  readonly file: string
  readonly trustDomain: string
  /** The moment for warnings about validity; now unless said. A number is milliseconds since 1970. */
  readonly at?: Date | number | undefined
}

/** What {@link readTrustBundle} finds. With an error among the diagnostics there is no bundle. */
export interface TrustBundleReading {
  readonly bundle: TrustBundle | undefined
  readonly diagnostics: readonly Diagnostic[]
}

const maximumLength = 1024 * 1024

/**
 * Reads the trust bundle of one trust domain: PEM, or the JSON of SPIFFE_Trust_Domain_and_Bundle.md
 * section 4.
 *
 * In JSON every certificate is a root by itself, as the specification says. In PEM a certificate
 * that is signed by its own key is a root and every other one an intermediate: it is trusted only
 * below a root that the bundle has too. A PEM bundle without a root is refused, since trusting an
 * intermediate by itself must be said, which the JSON form can.
 *
 * @example
 * readTrustBundle(text, { file: 'example.org.pem', trustDomain: 'example.org' })
 */
export function readTrustBundle(text: string, source: TrustBundleSource): TrustBundleReading {
  const start: Place = { file: source.file, line: 1, column: 1 }
  const refused = wrongWhole(text, source, start)
  if (refused !== undefined) return { bundle: undefined, diagnostics: [refused] }
  const moment = momentOf(source.at ?? Date.now())
  const form = text.trimStart().startsWith('{') ? readSpiffeBundle : readPemBundle
  const { certificates, diagnostics: found } = form(text, source.file)
  const members = certificates.map(entry => decodeMember(entry))
  const usable = members.flatMap(member => ('certificate' in member ? [member] : []))
  const diagnostics = [
    ...found,
    ...members.flatMap(member => ('certificate' in member ? [] : [member])),
    ...usable.flatMap(member => memberDiagnostics(member, source.trustDomain, moment)),
  ]
  if (hasErrors(diagnostics)) return { bundle: undefined, diagnostics }
  const anchors = usable.filter(({ role }) => role === 'anchor')
  const whole = wholeDiagnostics(anchors, form === readPemBundle, moment, start)
  return {
    bundle: hasErrors(whole)
      ? undefined
      : {
          trustDomain: source.trustDomain,
          anchors: certificatesOf(anchors),
          intermediates: certificatesOf(usable.filter(({ role }) => role === 'intermediate')),
        },
    diagnostics: [...diagnostics, ...whole],
  }
}

function wrongWhole(
  text: string,
  { trustDomain }: TrustBundleSource,
  start: Place,
): Diagnostic | undefined {
  if (!isTrustDomain(trustDomain)) {
    return diagnostic(
      'SC0401',
      `${JSON.stringify(trustDomain)} is no trust domain`,
      'Name the trust domain alone, in lower case, such as example.org.',
      start,
    )
  }
  if (text.length > maximumLength) {
    return diagnostic(
      'SC0401',
      `the trust bundle is larger than ${maximumLength} characters`,
      'Keep only the authorities of one trust domain in it.',
      start,
    )
  }
  const privateKey = /-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----/.exec(text)
  if (privateKey === null) return undefined
  return diagnostic(
    'SC0405',
    'there is a private key in the trust bundle',
    'Take it out, and hold it for known to everyone who could read the file: replace the authority.',
    { ...start, line: text.slice(0, privateKey.index).split('\n').length },
  )
}

function wholeDiagnostics(
  anchors: readonly Member[],
  isPem: boolean,
  moment: number,
  start: Place,
): Diagnostic[] {
  if (anchors.length === 0 && isPem) {
    const hint =
      'Add the root, signed by its own key with SHA-2, or give SPIFFE JSON, in which each certificate is one.'
    return [diagnostic('SC0404', 'the trust bundle has no root', hint, start)]
  }
  if (anchors.some(({ certificate }) => isValidAt(certificate, moment))) return []
  const hint = 'No SVID of the trust domain is accepted until it has one.'
  return [diagnostic('SC0407', 'no root of the trust bundle is valid now', hint, start)]
}

/** Each certificate once, however often the bundle has it. */
function certificatesOf(members: readonly Member[]): Certificate[] {
  const certificates = members.map(({ certificate }) => certificate)
  return certificates.filter(
    (certificate, index) =>
      certificates.findIndex(other => sameOctets(other.der, certificate.der)) === index,
  )
}
