import type { Configuration } from '../../config/index.js'
import { sidecarLabel } from '../kubernetes/client-deployment.js'
import type { Resource } from '../resource-file.js'

/**
 * Makes the annotations of the server's pods: what its sidecar writes into XFCC, if asked for.
 *
 * SANITIZE_SET, so that nothing of what the caller sent under that name stays. It is Istio's own
 * setting; an EnvoyFilter could not set SANITIZE, which is the zero value that a merge passes over.
 */
export function podAnnotations({ mesh }: Configuration): { readonly podAnnotations?: Resource } {
  if (!mesh.xfcc) return {}
  const proxyHeaders = {
    forwardedClientCert: 'SANITIZE_SET',
    setCurrentClientCertDetails: { subject: true, cert: true, dns: true, uri: true },
  }
  return { podAnnotations: { 'proxy.istio.io/config': JSON.stringify({ proxyHeaders }) } }
}

/**
 * Makes the patch of a server's Deployment for servers whose Helm chart is not known: the sidecar,
 * the service account that its SPIFFE ID follows from, and the labels that everything else selects.
 */
export function podTemplate(configuration: Configuration): Resource {
  const { labels, serviceAccount } = configuration.authorizationServer
  const { podAnnotations: annotations } = podAnnotations(configuration)
  return {
    spec: {
      template: {
        metadata: {
          labels: { ...labels, [sidecarLabel]: 'true' },
          ...(annotations === undefined ? {} : { annotations }),
        },
        spec: { serviceAccountName: serviceAccount },
      },
    },
  }
}
