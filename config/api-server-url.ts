/**
 * Tells whether a text is a URL that a Kubernetes API server may be reached at: https, or http on
 * the loopback, as `kubectl proxy` serves it. A path is what proxies before clusters add; user,
 * query and fragment have no place in it.
 */
export function isApiServer(text: string): boolean {
  if (!URL.canParse(text) || /[?#\s\\]/.test(text)) return false
  const { protocol, username, password, hostname } = new URL(text)
  if (username !== '' || password !== '' || hostname === '') return false
  return protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname))
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(?:\.\d+){3}$/.test(hostname)
}
