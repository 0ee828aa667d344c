import type { LintContext } from '../context.js'
import { type Finding, finding } from '../finding.js'
import type { LintRule } from '../rule.js'
import type { EnvoyFilterPatch, EnvoyFilterView } from './envoy-filter-view.js'

/** Patches of EnvoyFilters that land nowhere, or where Envoy does not take them, by what they say themselves. */
export const filterPlacement: LintRule = {
  codes: ['SL2001', 'SL2002', 'SL2003', 'SL2004', 'SL2005', 'SL2006', 'SL2007'],
  check: ({ envoyFilters }: LintContext) =>
    envoyFilters.flatMap(view => [
      ...emptySelector(view),
      ...view.patches
        .filter(({ current }) => current)
        .flatMap(patch => problems(patch, envoyFilters)),
    ]),
}

function problems(patch: EnvoyFilterPatch, all: readonly EnvoyFilterView[]): readonly Finding[] {
  if (patch.applyTo !== 'HTTP_FILTER' && patch.applyTo !== 'NETWORK_FILTER') return []
  return [
    ...oldManagerName(patch),
    ...missingSubFilter(patch, all),
    ...added(patch),
    ...proxyPort(patch),
    ...sanitize(patch),
  ]
}

function oldManagerName({ filterName }: EnvoyFilterPatch): readonly Finding[] {
  if (filterName?.text !== 'envoy.http_connection_manager') return []
  const message = 'no filter is named envoy.http_connection_manager any more'
  return [finding('SL2001', message, filterName.place)]
}

const oldNames: Readonly<Record<string, string>> = {
  'envoy.router': 'envoy.filters.http.router',
  'envoy.cors': 'envoy.filters.http.cors',
  'envoy.fault': 'envoy.filters.http.fault',
  istio_authn: 'envoy.filters.http.jwt_authn',
}

/** A filter that the chain does not have, unless another EnvoyFilter puts one of that name there. */
function missingSubFilter(
  { subFilterName }: EnvoyFilterPatch,
  all: readonly EnvoyFilterView[],
): readonly Finding[] {
  if (subFilterName === undefined) return []
  const { text, place } = subFilterName
  const mended = oldNames[text]
  if (text !== '' && mended === undefined) return []
  if (text !== '' && all.some(({ patches }) => patches.some(patch => insertsName(patch, text)))) {
    return []
  }
  const mend =
    mended === undefined
      ? 'Write envoy.filters.http.router, or leave subFilter out.'
      : `Write ${mended}.`
  return [finding('SL2002', `no filter of the chain is named ${text || '""'}`, place, mend)]
}

function insertsName({ value }: EnvoyFilterPatch, name: string): boolean {
  const entry = value?.entries.find(({ key }) => key === 'name')?.value
  return entry?.kind === 'scalar' && entry.value === name
}

function added({ applyTo, operation, filterClass, place }: EnvoyFilterPatch): readonly Finding[] {
  if (applyTo !== 'HTTP_FILTER' || operation !== 'ADD') return []
  return filterClass === undefined
    ? [finding('SL2003', 'ADD puts the filter behind the router', place)]
    : [finding('SL2004', `filterClass ${filterClass.text} is not implemented`, filterClass.place)]
}

function proxyPort({ portNumber, context }: EnvoyFilterPatch): readonly Finding[] {
  if (context !== 'SIDECAR_INBOUND' || portNumber?.text !== '15006') return []
  return [finding('SL2005', 'no filter chain is for port 15006', portNumber.place)]
}

/** The value is the zero of its enum, and a merge passes over zeros. */
function sanitize({ operation, value, applyTo }: EnvoyFilterPatch): readonly Finding[] {
  if (operation !== 'MERGE' || applyTo !== 'NETWORK_FILTER' || value === undefined) return []
  const config = value.entries.find(({ key }) => /^typed_?config$/i.test(key))?.value
  if (config?.kind !== 'map') return []
  return config.entries
    .filter(({ key }) => /^forward_?client_?cert_?details$/i.test(key))
    .filter(({ value }) => value.kind === 'scalar' && value.source.toUpperCase() === 'SANITIZE')
    .map(({ value }) => finding('SL2006', 'merging SANITIZE changes nothing', value.place))
}

function emptySelector({ resource, labels }: EnvoyFilterView): readonly Finding[] {
  const spec = resource.node.entries.find(({ key }) => key === 'spec')?.value
  const selector =
    spec?.kind === 'map' ? spec.entries.find(({ key }) => key === 'workloadSelector') : undefined
  if (selector === undefined || Object.keys(labels).length > 0) return []
  return [finding('SL2007', 'the selector has no labels and selects everything', selector.keyPlace)]
}
