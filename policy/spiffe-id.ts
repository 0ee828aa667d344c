/** Which rule of the SPIFFE specification a text breaks. Codes are stable. */
export type SpiffeIdErrorCode =
  | 'empty'
  | 'too-long'
  | 'wrong-scheme'
  | 'missing-trust-domain'
  | 'trust-domain-too-long'
  | 'bad-trust-domain-character'
  | 'empty-segment'
  | 'trailing-slash'
  | 'dot-segment'
  | 'bad-path-character'

/** The error that {@link parseSpiffeId} throws: a stable code and the broken rule in words. */
export class SpiffeIdError extends Error {
  override readonly name = 'SpiffeIdError'
  constructor(
    readonly code: SpiffeIdErrorCode,
    readonly rule: string,
  ) {
    super(`not a SPIFFE ID: ${rule}`)
  }
}

/** A SPIFFE ID in its two parts. */
export interface SpiffeId {
  /** Such as `example.org`; 1 to 255 characters. */
  readonly trustDomain: string
  /** Such as `/ns/applications/sa/mywebsite`; empty for a trust domain's own ID. */
  readonly path: string
}

const scheme = 'spiffe://'
const maximumLength = 2048
const maximumTrustDomainLength = 255

/**
 * Parses a SPIFFE ID by the rules of SPIFFE-ID.md sections 2.1 to 2.4, character by character.
 *
 * Nothing is folded, decoded or trimmed: the text is a SPIFFE ID as it stands or not at all.
 * Verdicts are go-spiffe's, and stricter in two places: the lengths of section 2.3 are enforced.
 *
 * @throws {SpiffeIdError} for anything that is not a SPIFFE ID
 *
 * @example
 * parseSpiffeId('spiffe://example.org/ns/applications/sa/mywebsite')
 * // { trustDomain: 'example.org', path: '/ns/applications/sa/mywebsite' }
 */
export function parseSpiffeId(text: string): SpiffeId {
  if (typeof text !== 'string' || text.length === 0) {
    throw new SpiffeIdError('empty', 'it is empty')
  }
  if (!text.startsWith(scheme)) {
    throw new SpiffeIdError('wrong-scheme', `it does not start with ${scheme}, in lower case`)
  }
  const slash = text.indexOf('/', scheme.length)
  const end = slash === -1 ? text.length : slash
  const trustDomain = text.slice(scheme.length, end)
  const path = text.slice(end)
  checkTrustDomain(trustDomain)
  checkPath(path)
  // Every character is ASCII by now, so the length in code units is the length in bytes.
  if (text.length > maximumLength) {
    throw new SpiffeIdError('too-long', `it is longer than ${maximumLength} bytes`)
  }
  return { trustDomain, path }
}

/** Tells whether a text is a trust domain's name, such as `example.org`. */
export function isTrustDomain(text: string): boolean {
  try {
    checkTrustDomain(text)
    return true
  } catch {
    return false
  }
}

/** Writes a SPIFFE ID as its URI. */
export function formatSpiffeId({ trustDomain, path }: SpiffeId): string {
  return `${scheme}${trustDomain}${path}`
}

function checkTrustDomain(trustDomain: string): void {
  if (trustDomain.length === 0) {
    throw new SpiffeIdError('missing-trust-domain', 'its trust domain is missing')
  }
  for (let index = 0; index < trustDomain.length; index++) {
    if (!isTrustDomainCharacter(trustDomain.charCodeAt(index))) {
      throw new SpiffeIdError(
        'bad-trust-domain-character',
        'its trust domain may hold lower-case letters, digits, dots, dashes and underscores only',
      )
    }
  }
  if (trustDomain.length > maximumTrustDomainLength) {
    throw new SpiffeIdError(
      'trust-domain-too-long',
      `its trust domain is longer than ${maximumTrustDomainLength} bytes`,
    )
  }
}

function checkPath(path: string): void {
  if (path === '') return
  let segmentStart = 1
  for (let index = 1; index <= path.length; index++) {
    if (index === path.length || path.charCodeAt(index) === slashCode) {
      checkSegment(path.slice(segmentStart, index), index === path.length)
      segmentStart = index + 1
    } else if (!isPathCharacter(path.charCodeAt(index))) {
      throw new SpiffeIdError(
        'bad-path-character',
        'its path may hold letters, digits, dots, dashes and underscores between slashes only',
      )
    }
  }
}

function checkSegment(segment: string, last: boolean): void {
  if (segment === '') {
    throw last
      ? new SpiffeIdError('trailing-slash', 'its path ends in a slash')
      : new SpiffeIdError('empty-segment', 'its path has an empty segment')
  }
  if (segment === '.' || segment === '..') {
    throw new SpiffeIdError('dot-segment', 'its path has a segment that is . or ..')
  }
}

const slashCode = 0x2f

function isTrustDomainCharacter(code: number): boolean {
  return isDigit(code) || isLowerCase(code) || isPunctuation(code)
}

function isPathCharacter(code: number): boolean {
  return isDigit(code) || isLowerCase(code) || isUpperCase(code) || isPunctuation(code)
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39
}

function isLowerCase(code: number): boolean {
  return code >= 0x61 && code <= 0x7a
}

function isUpperCase(code: number): boolean {
  return code >= 0x41 && code <= 0x5a
}

/** Dot, dash and underscore. */
function isPunctuation(code: number): boolean {
  return code === 0x2e || code === 0x2d || code === 0x5f
}
