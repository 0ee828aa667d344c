/**
 * Parses a duration such as `500ms`, `2s` or `1m` into milliseconds; undefined for anything else,
 * zero included: to Envoy a timeout of zero is none at all.
 */
export function parseDuration(text: string): number | undefined {
  const match = /^([1-9][0-9]{0,8})(ms|s|m)$/.exec(text)
  if (match === null) return undefined
  const factor = { ms: 1, s: 1000, m: 60_000 }[match[2] as 'ms' | 's' | 'm']
  return Number(match[1]) * factor
}
