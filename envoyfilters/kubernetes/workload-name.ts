/**
 * Tells what the Service, the Deployment and the container of a service account are called: as the
 * account itself, where that is a name for a Service. A Service's is a DNS label that begins with a
 * letter (RFC 1035), and an account's may have dots, more characters and digits in front.
 *
 * @example
 * workloadName('mywebsite') // 'mywebsite'
 * workloadName('3.orders') // 'w-3-orders'
 */
export function workloadName(serviceAccount: string): string {
  const label = serviceAccount.replaceAll('.', '-')
  const named = /^[a-z]/.test(label) ? label : `w-${label}`
  return named.slice(0, 63).replace(/-+$/, '')
}
