import { z } from 'zod'
import * as form from './text-forms.js'

/** The key `mesh`: what kind of Istio mesh the server is in. */
export const mesh = z.strictObject({
  mode: z
    .enum(['sidecar', 'gateway', 'waypoint', 'ambient'])
    .default('sidecar')
    .describe(
      "Whose Envoy takes the clients' mutual TLS: the server's sidecar, or the one gateway of gateways. Waypoints and ambient meshes without sidecars have no certificate to forward.",
    ),
  istioVersion: form.version
    .default('1.31.1')
    .describe('The version of Istio, which decides the version of Envoy. At least 1.28.'),
  placement: z
    .enum(['filter', 'custom'])
    .default('filter')
    .describe(
      "Where Envoy asks the ext_authz service: in a filter of its own behind Istio's RBAC, or in the filter that Istio makes of an AuthorizationPolicy with action CUSTOM, before RBAC.",
    ),
  xfcc: z
    .boolean()
    .default(false)
    .describe(
      "Also write the certificate into x-forwarded-client-cert (Istio's proxyHeaders), for servers that read that header.",
    ),
})
