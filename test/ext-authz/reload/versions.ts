import { type Built, type Candidate, inputsVersion } from '../../../ext-authz/index.js'
import { diagnostic, readAuthorizationPolicies } from '../../../policy/index.js'

/** Settings of a service in the namespace curity. */
export const settings = {
  policies: [],
  trustDomain: 'curitydemo',
  trustDomainAliases: [],
  rootNamespace: 'istio-system',
  whenNoPolicy: 'deny',
  workload: { namespace: 'curity', labels: {} },
  header: 'x-client-certificate',
} as const

/** A version that allows everybody the paths of a pattern and nothing else. */
export function allowing(pattern: string): Candidate {
  const text = JSON.stringify({
    apiVersion: 'security.istio.io/v1',
    kind: 'AuthorizationPolicy',
    metadata: { name: 'paths', namespace: 'curity' },
    spec: { rules: [{ to: [{ operation: { paths: [pattern] } }] }] },
  })
  const { policies } = readAuthorizationPolicies(text, 'p.yaml')
  return candidate(text, () => ({
    kind: 'usable',
    settings: { ...settings, policies },
    diagnostics: [],
    fixed: {},
  }))
}

/** A version that cannot be used. */
export function broken(what: string): Candidate {
  return candidate(what, () => ({
    kind: 'broken',
    diagnostics: [diagnostic('SC0202', what, 'Mend it.')],
  }))
}

/** A version of a text. */
export function candidate(text: string, build: () => Built): Candidate {
  const version = inputsVersion([{ name: 'p.yaml', content: text }])
  return { version, filesVersion: version, directories: [], build }
}
