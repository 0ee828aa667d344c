import { z } from 'zod'
import { isTrustDomain } from '../policy/index.js'
import { isNumeric, parseAddress } from './address.js'
import { isApiServer } from './api-server-url.js'
import { parseDuration } from './duration.js'
import { headerNameProblem } from './header-name.js'
import { isDnsLabel, isDnsSubdomain, isLabelKey, isLabelValue } from './kubernetes-names.js'

/**
 * Makes the schema of a string that has a form: what it is called, and one that has it, or two
 * with `or` in between. Editors offer those.
 */
function form(accepts: (text: string) => boolean, wanted: string, example: string) {
  return z
    .string()
    .refine(accepts, {
      error: `is not ${wanted}`,
      params: { hint: `Write ${wanted}, such as ${example}.` },
    })
    .meta({ examples: example.split(' or ') })
}

/** The name of a trust domain (SPIFFE-ID.md section 2.1). */
export const trustDomain = form(isTrustDomain, 'a trust domain', 'curitydemo or prod.example.org')

/** A Kubernetes namespace: a DNS label. */
export const namespaceName = form(isDnsLabel, 'a Kubernetes namespace', 'curity')

/** What the name of a Kubernetes resource begins with: a DNS label. */
/** A namespace, or `*` for all of them. */
export const namespaceOrAll = form(
  text => text === '*' || isDnsLabel(text),
  'a Kubernetes namespace, or "*" for all',
  'curity',
)

export const resourceName = form(isDnsLabel, 'a Kubernetes name', 'curity-idsvr')

/** A Kubernetes service account: a DNS subdomain. */
export const serviceAccountName = form(isDnsSubdomain, 'a service account', 'mywebsite')

/** A Helm release: 53 characters is Helm's limit, which leaves room for what charts append. */
export const releaseName = form(
  text => isDnsLabel(text) && text.length <= 53,
  'a Helm release (at most 53 characters)',
  'curity',
)

/** A DNS domain. */
export const domainName = form(isDnsSubdomain, 'a DNS domain', 'cluster.local')

/** Labels of pods. */
export const labels = z.record(
  form(isLabelKey, 'the key of a label', 'role'),
  form(isLabelValue, 'the value of a label', 'curity-idsvr-runtime'),
)

/** A workload by its namespace and service account. */
export const workloadName = form(
  text => {
    const [namespace = '', serviceAccount = '', ...rest] = text.split('/')
    return rest.length === 0 && isDnsLabel(namespace) && isDnsSubdomain(serviceAccount)
  },
  'a workload as namespace/service-account',
  'applications/mywebsite',
)

/** An OAuth client ID: printable ASCII (RFC 6749 appendix A.1). */
export const clientId = form(
  text => /^[\x20-\x7e]{1,255}$/.test(text),
  'a client ID of printable ASCII characters',
  'website-client',
)

/** A value of a client property. */
export const clientType = form(
  text => /^[A-Za-z0-9]([A-Za-z0-9._-]{0,62})$/.test(text),
  'a type of letters, digits, dots, dashes and underscores',
  'spiffe-web',
)

/** The name of the forwarded header, in any case. */
export const headerName = z.string().superRefine((text, context) => {
  const problem = headerNameProblem(text)
  if (problem === undefined) return
  context.addIssue({
    code: 'custom',
    message: problem,
    params: { hint: 'Take a header of its own for the certificate, such as x-client-certificate.' },
  })
})

/** A path as an AuthorizationPolicy has it; the reader of policies checks the rest. */
/** An image of a container, with or without registry, tag and digest. */
export const image = form(
  text => /^[a-z0-9][A-Za-z0-9._/:-]{0,254}(@sha256:[0-9a-f]{64})?$/.test(text),
  'an image',
  'mywebsite:v1',
)

export const imageTag = form(
  text => /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/.test(text),
  'the tag of an image',
  '11.2.0',
)

/** Major and minor at least: what follows has no influence on what can work. */
export const version = form(
  text => /^[1-9][0-9]?\.[0-9]{1,3}(\.[0-9]{1,3})?$/.test(text),
  'a version',
  '1.31 or 1.31.1',
)

/** The id of something in Curity's configuration. */
export const curityId = form(
  text => /^[A-Za-z0-9]([A-Za-z0-9_-]{0,62})$/.test(text),
  'an id of letters, digits, dashes and underscores',
  'token-service',
)

/** RFC 6749 section 3.3: printable ASCII without space, quote and backslash. */
export const scope = form(
  text => /^[\x21\x23-\x5b\x5d-\x7e]{1,255}$/.test(text),
  'a scope',
  'openid',
)

/** RFC 3986, with a scheme and without a fragment (RFC 6749 section 3.1.2). */
export const redirectUri = form(
  text =>
    /^[a-z][a-z0-9+.-]*:[\x21\x23-\x3b\x3d\x3f-\x5b\x5d\x5f\x61-\x7a\x7e]{1,1000}$/i.test(text) &&
    !text.includes('#'),
  'an absolute URI without a fragment',
  'https://www.example.com/callback',
)

export const audience = form(
  text => /^[\x21-\x7e]{1,255}$/.test(text),
  'an audience without spaces',
  'api.example.com',
)

export const pathPattern = form(
  text => text === '*' || (text.startsWith('/') && !/[?#\s]/.test(text)),
  'a path of an AuthorizationPolicy',
  '/oauth/v2/*',
)

/** A container image: registry and path, with a tag or a digest or both. */
export const imageName = form(
  text =>
    /^[a-z0-9]([a-z0-9._:/-]*[a-z0-9])?(:[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?(@sha256:[0-9a-f]{64})?$/.test(
      text,
    ),
  'a container image',
  'registry.example.org/sidecert:1.0.0',
)

/** A path of a file, or a pattern of paths. */
export const filePath = form(
  text => text !== '' && !text.includes('\0'),
  'a path',
  'policies/*.yaml',
)

/** How long something may take. */
export const duration = form(
  text => {
    const milliseconds = parseDuration(text)
    return milliseconds !== undefined && milliseconds <= 60_000
  },
  'a duration above zero and up to one minute',
  '500ms or 1s',
)

/** Where something of ours listens; port 0 takes any free one. */
export const listenAddress = form(
  text => parseAddress(text) !== undefined,
  'host:port, [IPv6]:port or unix:/path',
  '127.0.0.1:9191 or unix:/run/sidecert.sock',
)

/** Where something is reached. */
export const targetAddress = form(
  text => {
    const address = parseAddress(text)
    return address !== undefined && (address.kind === 'unix' || address.port !== 0)
  },
  'host:port, [IPv6]:port or unix:/path to connect to',
  '127.0.0.1:8443',
)

/** A bearer token goes over TLS, or to a proxy on the same machine. */
export const apiServer = form(
  isApiServer,
  'the https URL of an API server (http on the loopback only)',
  'https://10.96.0.1:443',
)

/** Envoy listens on IP addresses only: it looks no name up. */
export const envoyListenAddress = form(
  text => {
    const address = parseAddress(text)
    return address?.kind === 'tcp' && isNumeric(address)
  },
  'an IP address with a port',
  '0.0.0.0:9443',
)

/** What is reached over a socket only, never over the network. */
export const socketAddress = form(
  text => parseAddress(text)?.kind === 'unix',
  'a socket as unix:/path',
  'unix:/run/spire/sockets/agent.sock',
)

/** An address to listen on, or `off`. */
export function orOff(address: z.ZodType<string, string>, example: string) {
  return form(
    text => text === 'off' || address.safeParse(text).success,
    'off or an address to listen on',
    example,
  )
}
