import { CertificateError } from './certificate-error.js'
import { contentOf, type DerElement, tag } from './der.js'

const utcTime = /^(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})Z$/
const generalizedTime = /^(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})Z$/

/**
 * Reads a time of a certificate's validity: UTCTime or GeneralizedTime in the one form of RFC 5280
 * section 4.1.2.5, with seconds, without fractions, in UTC. A UTCTime's year is 1950 to 2049.
 *
 * @returns milliseconds since 1970
 * @throws {CertificateError} `bad-validity`
 */
export function readTime(element: DerElement | undefined): number {
  if (element?.tag !== tag.utcTime) {
    return parseTime(contentOf(element, tag.generalizedTime), generalizedTime, year => year)
  }
  return parseTime(element.content, utcTime, year => (year < 50 ? 2000 + year : 1900 + year))
}

function parseTime(octets: Uint8Array, form: RegExp, fullYear: (year: number) => number): number {
  const parts = form.exec(Buffer.from(octets).toString('latin1'))?.slice(1).map(Number)
  if (parts === undefined) throw new CertificateError('bad-validity', 'a time in another form')
  const [year, month, day, hour, minute, second] = parts as [
    number,
    number,
    number,
    number,
    number,
    number,
  ]
  const time = new Date(0)
  time.setUTCFullYear(fullYear(year), month - 1, day)
  time.setUTCHours(hour, minute, second)
  // A thirteenth month or a 25th hour would have rolled over into another date.
  const exact =
    time.getUTCMonth() === month - 1 &&
    time.getUTCDate() === day &&
    time.getUTCHours() === hour &&
    time.getUTCMinutes() === minute &&
    time.getUTCSeconds() === second
  if (!exact) throw new CertificateError('bad-validity', 'a date that no calendar has')
  return time.getTime()
}
