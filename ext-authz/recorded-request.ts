import type { AuthorizationPolicy, Facts } from '../policy/index.js'

/**
 * What the log has of a request beside who asked for what, so that the decision can be made again by
 * other policies. `null`: it is not there.
 */
export interface RecordedRequest {
  readonly sourceIp: string | null
  readonly remoteIp: string | null
  readonly destinationIp: string | null
  readonly destinationPort: number | null
  readonly sni: string | null
  /** Lines of the headers that the policies ask for, byte strings; none for an absent one. */
  readonly headers?: Readonly<Record<string, readonly string[]>>
  /** Present headers that the policies ask for and whose values are kept out of the log. */
  readonly headersWithheld?: readonly string[]
  /** True when a header's line may be several that were joined by commas. */
  readonly headersJoined?: true
  /** True when the path had a query, which is kept out of the log. */
  readonly queryWithheld?: true
}

/** Values longer than this, in bytes, are no tenant or version but rather a credential. */
const longestValue = 256

/** Headers that hold secrets, certificates or queries, by their name or by a word in it. */
const secretName =
  /^:path$|^referer$|authori[sz]ation|cookie|dpop|token|secret|password|credential|session|assertion|signature|cert|jwt|saml|(?:api|auth|access)-?key|x-original-ur[il]|x-envoy-original-path/

/** A JSON Web Token, a PEM block, or a scheme of HTTP authentication before a value. */
const secretValue = /eyJ[A-Za-z0-9_-]*\.|-----BEGIN|-----begin|^(?:basic|bearer|dpop|negotiate)\s/i

/** Lists the headers that policies ask for, pseudo-headers of which the log has a field left out. */
export function headersAskedFor(policies: readonly AuthorizationPolicy[]): readonly string[] {
  const names = policies
    .flatMap(({ rules }) => rules.flatMap(({ when }) => when))
    .flatMap(({ attribute }) => (attribute.kind === 'header' ? attribute.name : []))
  const elsewhere = ['host', ':authority', ':method', ':path']
  return [...new Set(names)].filter(name => !elsewhere.includes(name)).sort()
}

/** Takes from a request what the log may have of it; `names` are the headers to write down. */
export function recordedRequest(
  facts: Facts,
  names: readonly string[],
  forwardedHeader: string,
): RecordedRequest {
  const { sourceIp, remoteIp, destinationIp, destinationPort, sni } = facts
  const headers: Record<string, readonly string[]> = {}
  const headersWithheld: string[] = []
  for (const name of names) {
    const lines = facts.headers.get(name) ?? []
    if (lines.length > 0 && (name === forwardedHeader || isSecret(name, lines))) {
      headersWithheld.push(name)
    } else {
      headers[name] = lines
    }
  }
  const query = (facts.headers.get(':path')?.[0] ?? facts.path) !== facts.path
  return {
    sourceIp: sourceIp ?? null,
    remoteIp: remoteIp ?? null,
    destinationIp: destinationIp ?? null,
    destinationPort: destinationPort ?? null,
    sni: sni ?? null,
    ...(names.length > 0 ? { headers } : {}),
    ...(headersWithheld.length > 0 ? { headersWithheld } : {}),
    ...(facts.headersJoined ? { headersJoined: true } : {}),
    ...(query ? { queryWithheld: true } : {}),
  }
}

function isSecret(name: string, lines: readonly string[]): boolean {
  return (
    secretName.test(name) ||
    lines.some(line => line.length > longestValue || secretValue.test(line))
  )
}
