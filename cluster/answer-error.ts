import { ClusterError, type ClusterErrorCode } from './cluster-error.js'

const known: Readonly<Record<number, readonly [ClusterErrorCode, string]>> = {
  401: [
    'unauthenticated',
    'Mount the token of a service account that exists; one that has expired is read anew.',
  ],
  403: [
    'forbidden',
    'Bind the service account to a role with get, list and watch on authorizationpolicies of security.istio.io in these namespaces.',
  ],
  404: [
    'no-such-resource',
    "Install Istio's custom resources (security.istio.io/v1), or set policiesFrom: files.",
  ],
  410: ['gone', 'The policies are listed anew.'],
}

/**
 * Makes an error of an answer that is not the asked-for one.
 *
 * @param status the HTTP status, or `code` of a Status object
 * @param body the Status object, if there is one
 */
export function answerError(status: number, body: unknown): ClusterError {
  const [code, hint] = known[status] ?? ['failed', 'See the log of the API server.']
  const said = messageOf(body)
  return new ClusterError(
    code,
    `the API server answered ${status}${said === undefined ? '' : `: ${said}`}`,
    hint,
  )
}

function messageOf(body: unknown): string | undefined {
  if (typeof body !== 'object' || body === null || !('message' in body)) return undefined
  return typeof body.message === 'string' ? body.message : undefined
}
