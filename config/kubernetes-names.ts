/** Tells whether a text is a DNS label (RFC 1123): a namespace or the name of a Service. */
export function isDnsLabel(text: string): boolean {
  return /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(text)
}

/** Tells whether a text is a DNS subdomain (RFC 1123): such as the name of a service account. */
export function isDnsSubdomain(text: string): boolean {
  return text.length <= 253 && text.split('.').every(isDnsLabel)
}

/** Tells whether a text is the key of a Kubernetes label, such as `role` or `example.org/role`. */
export function isLabelKey(text: string): boolean {
  const [name = '', prefix, ...rest] = text.split('/').reverse()
  if (rest.length > 0 || (prefix !== undefined && !isDnsSubdomain(prefix))) return false
  return name !== '' && isLabelValue(name)
}

/** Tells whether a text is the value of a Kubernetes label: at most 63 characters. */
export function isLabelValue(text: string): boolean {
  return text === '' || /^[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/.test(text)
}

/**
 * Tells the name that Curity's Helm chart `idsvr` gives its resources for a release: the release's
 * own if it contains `idsvr`, else `<release>-idsvr`; cut at 63 characters, without a last dash.
 *
 * @example
 * curityFullName('curity') // 'curity-idsvr'
 */
export function curityFullName(release: string): string {
  const name = release.includes('idsvr') ? release : `${release}-idsvr`
  return name.slice(0, 63).replace(/-$/, '')
}

/**
 * Tells the labels that Istio's gateway chart gives the pods of a release, by the service account,
 * which has the release's name. Istio's own installation appends `-service-account` to it.
 *
 * @example
 * gatewayLabels('istio-ingressgateway') // { istio: 'ingressgateway' }
 */
export function gatewayLabels(serviceAccount: string): Readonly<Record<string, string>> {
  const release = serviceAccount.replace(/-service-account$/, '')
  return { istio: release.replace(/^istio-(?=.)/, '') }
}
