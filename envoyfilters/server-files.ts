import { curityFiles, serverFolder } from './curity/curity-files.js'
import { podTemplate } from './istio/pod-template.js'
import type { Generated, PartRequest } from './part.js'
import { valuesFile } from './resource-file.js'

/** Makes what the authorization server is deployed and configured with. */
export function serverFiles(request: PartRequest): Generated {
  const { configuration, targets } = request
  const { curity, name } = configuration.authorizationServer
  if (curity !== undefined) return curityFiles(request)
  if (!targets.includes('istio')) return { files: [], diagnostics: [] }
  const patch = valuesFile(
    configuration,
    `istio/${serverFolder}/pod-template.yaml`,
    [`A patch of the server's Deployment, which is taken to be called ${name}.`],
    podTemplate(configuration),
  )
  return { files: [patch], diagnostics: [] }
}
