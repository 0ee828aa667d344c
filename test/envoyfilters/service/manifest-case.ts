import { readConfiguration } from '../../../config/index.js'
import { type Generated, serviceManifests } from '../../../envoyfilters/index.js'
import { plainValue, readYamlDocuments } from '../../../policy/index.js'
import type { Resource } from './strict-schema.js'

export const policyText = `apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: { name: token, namespace: login }
spec: { action: DENY, rules: [{ to: [{ operation: { paths: ["/{{ .Values.x }}"] } }] }] }
`

const start = `trustDomain: prod.example.org
authorizationServer: { product: curity, namespace: login, release: main }
clients: [{ clientId: web, workload: apps/web }]
policies: [policies/*.yaml]
`

/** Generates the deployment of a sidecert.yaml that goes on with the given lines. */
export function deploymentOf(
  more = '',
  files: Readonly<Record<string, string>> = { 'mesh/policies/token.yaml': policyText },
): Generated {
  const text = `${start}${more}`
  const { configuration, diagnostics } = readConfiguration(text, 'mesh/sidecert.yaml')
  if (configuration === undefined) throw new Error(JSON.stringify(diagnostics))
  const inputs = Object.entries(files).map(([file, text]) => ({ file, text }))
  return serviceManifests(configuration, [{ file: 'mesh/sidecert.yaml', text }, ...inputs])
}

/** Reads the resources of the plain manifests, by their kinds. */
export function resourcesOf({ files }: Generated): readonly Resource[] {
  return files
    .filter(({ path }) => path.includes('/manifests/'))
    .flatMap(({ path, content }) => readYamlDocuments(content, path).documents)
    .map(document => plainValue(document) as Resource)
}
