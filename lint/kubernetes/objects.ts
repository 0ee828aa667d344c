import type { LintContext } from '../context.js'
import { type Finding, finding } from '../finding.js'
import type { LintRule } from '../rule.js'
import { entryAt, textAt, textOf, valueAt } from '../source/field.js'
import { extensionProviders } from './mesh-config.js'

/** Objects that Kubernetes or Istio cannot make anything of. */
export const objects: LintRule = {
  codes: ['SL2060', 'SL2061'],
  check: context => [...withoutKind(context), ...unknownProviders(context)],
}

function withoutKind({ resources }: LintContext): readonly Finding[] {
  return resources
    .filter(({ kind }) => kind === '')
    .map(({ node, name, place }) => {
      const version = entryAt(node, 'apiVersion')
      return finding('SL2060', `${name || 'the object'} has no kind`, version?.keyPlace ?? place)
    })
}

/** Of a CUSTOM policy, when a MeshConfig among the files lists the providers. */
function unknownProviders({ policies, mesh }: LintContext): readonly Finding[] {
  const providers = mesh.configs.flatMap(extensionProviders)
  if (providers.length === 0) return []
  const names = providers.map(provider => textAt(provider, 'name'))
  return policies
    .filter(({ action }) => action === 'CUSTOM')
    .flatMap(({ resource }) => {
      const name = valueAt(resource.node, 'spec', 'provider', 'name')
      const text = textOf(name)
      if (name === undefined || text === undefined || names.includes(text)) return []
      const message = `no extension provider is named ${text}, but ${[...new Set(names)].join(', ')}`
      return [finding('SL2061', message, name.place)]
    })
}
