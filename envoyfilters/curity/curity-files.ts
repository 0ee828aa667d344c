import type { CuritySettings } from '../../config/index.js'
import { type Diagnostic, diagnostic } from '../../policy/index.js'
import { heading } from '../heading.js'
import type { Generated, GeneratedFile, PartRequest } from '../part.js'
import { valuesFile } from '../resource-file.js'
import { type Authority, trustStoreAuthorities } from './authority.js'
import { clientsXml } from './clients.js'
import { curityValues } from './helm-values.js'
import {
  procedureFile,
  proceduresXml,
  procedureTypes,
  type TokenProcedure,
  tokenProcedures,
} from './token-procedure.js'
import { trustStoreXml } from './trust-store.js'

/** Where Curity's configuration lies. */
export const curityFolder = 'curity'

/** Where the values of its Helm chart lie. */
export const serverFolder = '5-authorization-server'

/** Makes the configuration of the Curity Identity Server, and for Istio its Helm values. */
export function curityFiles(request: PartRequest): Generated {
  const { configuration, targets } = request
  const { curity } = configuration.authorizationServer
  if (curity === undefined) return { files: [], diagnostics: [] }
  const found = curityAuthorities(request, curity)
  if (found.authorities === undefined) return { files: [], diagnostics: found.diagnostics }
  const { authorities } = found
  const types = procedureTypes(configuration.clients)
  const wanted = curity.tokenProcedures !== 'off' && types.length > 0
  const procedures = wanted ? tokenProcedures(types) : []
  const idle =
    curity.tokenProcedures !== 'off' && types.length === 0
      ? [
          diagnostic(
            'SC0307',
            'no client with authorization codes has a type, so there are no token procedures',
            'Give those clients a type, or set authorizationServer.curity.tokenProcedures to off.',
          ),
        ]
      : []
  const xml = xmlFiles(request, curity, authorities, procedures)
  const scripts = curity.tokenProcedures === 'files' ? procedures.map(procedureScript) : []
  const initFiles = xml.map(({ path }) => path.slice(curityFolder.length + 1))
  const values = valuesFile(
    configuration,
    `istio/${serverFolder}/values.yaml`,
    ["Values of Curity's Helm chart idsvr."],
    curityValues(
      configuration,
      curity,
      initFiles.map(name => ({ key: name, path: `sidecert-${name}` })),
      curity.tokenProcedures === 'files'
        ? procedures.map(one => ({ key: `${one.id}.js`, path: procedureFile(one) }))
        : [],
    ),
  )
  return {
    files: [
      ...xml,
      ...scripts,
      ...authorities.flatMap(certificateFile),
      ...(targets.includes('istio') ? [values] : []),
    ],
    diagnostics: idle,
  }
}

/** Finds the entries of the trust store, and why there are none. */
export function curityAuthorities(
  { configuration, authorities }: Pick<PartRequest, 'configuration' | 'authorities'>,
  { trustStore }: Pick<CuritySettings, 'trustStore'>,
): { readonly authorities?: readonly Authority[]; readonly diagnostics: readonly Diagnostic[] } {
  if (trustStore === 'literal' && authorities.length === 0) {
    const problem = diagnostic(
      'SC0306',
      'the trust store is to hold the authorities, and sidecert.yaml names none',
      `Add trustBundles with the authorities of ${configuration.trustDomain}, or set authorizationServer.curity.trustStore to parameterized.`,
    )
    return { diagnostics: [problem] }
  }
  try {
    return { authorities: trustStoreAuthorities(authorities), diagnostics: [] }
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
    const problem = diagnostic(
      'SC0306',
      `Curity's trust store cannot hold an authority with a key of the kind ${error.message}`,
      'Take an authority with an RSA key, or with one on the curve P-256, P-384 or P-521.',
    )
    return { diagnostics: [problem] }
  }
}

function xmlFiles(
  { configuration }: PartRequest,
  curity: CuritySettings,
  authorities: readonly Authority[],
  procedures: readonly TokenProcedure[],
): readonly GeneratedFile[] {
  const about = (what: string) => heading(configuration, what).replaceAll('\n', ' ')
  const file = (name: string, content: string) => ({ path: `${curityFolder}/${name}`, content })
  const store = 'The authorities that client certificates must come from.'
  const clients = 'How clients authenticate, and which they are.'
  const flows = 'Token procedures that leave out the certificate binding; see the note inside.'
  return [
    file('trust-store.xml', trustStoreXml(authorities, curity, about(store))),
    file('clients.xml', clientsXml(configuration, curity, authorities, procedures, about(clients))),
    ...(procedures.length > 0 && curity.tokenProcedures === 'inline'
      ? [file('token-procedures.xml', proceduresXml(procedures, about(flows)))]
      : []),
  ]
}

function procedureScript(procedure: TokenProcedure): GeneratedFile {
  return { path: `${curityFolder}/${procedureFile(procedure)}`, content: procedure.script }
}

function certificateFile({ id, pem }: Authority): readonly GeneratedFile[] {
  return pem === undefined ? [] : [{ path: `${curityFolder}/authorities/${id}.pem`, content: pem }]
}
