import { basename } from 'node:path'
import { parse } from 'yaml'
import { type Configuration, impliedPolicies } from '../../config/index.js'
import { policiesFor } from '../../policy/index.js'
import type { CopiedFile, Generated, GeneratedFile, PartRequest } from '../part.js'
import { type DescribedResource, resourceFile } from '../resource-file.js'
import { customAuthorization } from './custom-authorization.js'
import { directAccess } from './direct-access.js'
import { gatewayRoutes } from './gateway-routes.js'
import { gatewayServiceAccess } from './gateway-service-access.js'
import { headerDenials } from './header-denial.js'
import { nodeAccess } from './node-access.js'

/** Where the policies and the routes of gateways lie. */
export const accessFolder = '4-access'

/** Makes who may call the server: AuthorizationPolicies for Istio's own RBAC, and gateways' routes. */
export function accessFiles(request: PartRequest): Generated {
  const { configuration, targets, policyFiles } = request
  if (!targets.includes('istio')) return { files: [], diagnostics: [] }
  const direct = configuration.authorizationServer.curity?.mutualTls === 'direct'
  const authorization = direct ? [] : authorizationPolicies(request)
  const all: readonly (readonly [string, readonly string[], readonly DescribedResource[]])[] = [
    [
      'authorization-policies.yaml',
      [
        'Who may call the server, for the RBAC of Istio. The filters that forward the certificate hold',
        'callers against the same policies once more.',
      ],
      authorization,
    ],
    [
      'gateways.yaml',
      ['What gateways refuse, and how they lead to the server.'],
      [...(direct ? [] : headerDenials(configuration)), ...gatewayRoutes(configuration)],
    ],
    [
      'direct.yaml',
      ['How clients reach the port on which the server itself takes mutual TLS.'],
      direct ? directAccess(configuration) : [],
    ],
  ]
  const files = all
    .filter(([, , resources]) => resources.length > 0)
    .map(([name, about, resources]) =>
      resourceFile(configuration, `istio/${accessFolder}/${name}`, about, resources),
    )
  return { files: [...files, ...(direct ? [] : copies(policyFiles))], diagnostics: [] }
}

function authorizationPolicies(request: PartRequest): readonly DescribedResource[] {
  const { configuration, policies, forwardings } = request
  const { trustDomain, trustDomainAliases, rootNamespace, authorizationServer } = configuration
  const { namespace, labels } = authorizationServer
  const workload = { namespace, labels }
  const scope = { workload, rootNamespace, trustDomain, trustDomainAliases }
  const allowed = policiesFor(policies, scope).some(({ action }) => action === 'ALLOW')
  const custom =
    configuration.mesh.placement === 'custom' && forwardings.includes('ext-authz')
      ? [customAuthorization(configuration)]
      : []
  const { mode } = configuration.mesh
  const asked = mode === 'gateway' && forwardings.includes('ext-authz')
  return [
    ...custom,
    ...implied(configuration),
    ...(allowed ? nodeAccess(configuration) : []),
    ...(asked ? gatewayServiceAccess(configuration) : []),
  ]
}

function implied(configuration: Configuration): readonly DescribedResource[] {
  const source = impliedPolicies(configuration)
  if (source === undefined) return []
  const about = 'Clients and APIs for the OAuth endpoints, gateways for every path.'
  return [{ resource: parse(source.text, { version: '1.1' }), about }]
}

/** Two folders may have files of one name; the later ones go into folders of their own. */
function copies(files: readonly CopiedFile[]): readonly GeneratedFile[] {
  const seen = new Map<string, number>()
  return files.map(({ file, text }) => {
    const name = basename(file).replace(/(\.ya?ml)?$/, '.yaml')
    const count = (seen.get(name) ?? 0) + 1
    seen.set(name, count)
    const folder = count === 1 ? '' : `${count}/`
    return { path: `istio/${accessFolder}/policies/${folder}${name}`, content: text }
  })
}
