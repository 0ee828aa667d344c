import type { LintContext } from '../context.js'
import { type Finding, finding } from '../finding.js'
import type { LintRule } from '../rule.js'
import { entryAt, textAt, textOf } from '../source/field.js'
import type { SourceMap } from '../source/source-node.js'
import type { EnvoyFragment } from './fragment.js'
import { field, fieldAt, fieldMaps, fieldText } from './message.js'

/** What Envoy of today refuses to load; with it, the whole listener or the whole file. */
export const refused: LintRule = {
  codes: ['SL3060'],
  check: (context: LintContext) => context.fragments.flatMap(check),
}

function check(fragment: EnvoyFragment): readonly Finding[] {
  return fragment.maps.flatMap(({ node }) => [
    ...oldType(node),
    ...oldConfig(node),
    ...oldNames(node),
    ...routers(node),
    ...loosePercents(node),
  ])
}

function refuse(message: string, place: Finding['place'], mend: string): Finding {
  return finding('SL3060', message, place, mend)
}

function oldType(node: SourceMap): readonly Finding[] {
  const type = entryAt(node, '@type')
  const url = textOf(type?.value)
  if (type === undefined || url === undefined) return []
  if (
    !/\/envoy\.(?:[a-z_0-9]+\.)*v2(?:alpha\d?|beta\d?)?\./.test(url) &&
    !url.includes('/envoy.api.v2.')
  ) {
    return []
  }
  return [refuse('the type belongs to the v2 API', type.value.place, 'Use the type of the v3 API.')]
}

function oldConfig(node: SourceMap): readonly Finding[] {
  const config = entryAt(node, 'config')
  const name = textAt(node, 'name')
  if (config?.value.kind !== 'map' || name === undefined || node.entries.length !== 2) return []
  if (!/^envoy\./.test(name)) return []
  return [refuse('config is gone', config.keyPlace, 'Use typed_config with an "@type".')]
}

function oldNames(node: SourceMap): readonly Finding[] {
  const found: Finding[] = []
  const names = field(node, 'verify_subject_alt_name')
  if (names !== undefined) {
    const mend = 'Use match_typed_subject_alt_names with san_type.'
    found.push(refuse('verify_subject_alt_name is gone', names.keyPlace, mend))
  }
  const misplaced = field(fieldAt(node, 'server_uri'), 'failure_mode_allow')
  if (misplaced !== undefined) {
    const mend = 'Put it beside http_service.'
    found.push(refuse('server_uri has no failure_mode_allow', misplaced.keyPlace, mend))
  }
  return found
}

/** A router wants its configuration, and be it empty but for its type. */
function routers(node: SourceMap): readonly Finding[] {
  return fieldMaps(node, 'http_filters').flatMap(filter => {
    const name = textAt(filter, 'name')
    if (name !== 'envoy.filters.http.router' && name !== 'envoy.router') return []
    if (fieldText(filter, 'typed_config', '@type') !== undefined) return []
    if (
      entryAt(filter, 'config') !== undefined ||
      field(filter, 'config_discovery') !== undefined
    ) {
      return []
    }
    const place = entryAt(filter, 'name')?.value.place ?? filter.place
    const mend = 'Add typed_config with the "@type" of the Router.'
    return [refuse('the router has no typed_config', place, mend)]
  })
}

const lists = ['request_headers_to_add', 'response_headers_to_add']

/** In the value of a header, a percent sign starts a variable or stands twice. */
function loosePercents(node: SourceMap): readonly Finding[] {
  return lists
    .flatMap(list => fieldMaps(node, list))
    .flatMap(option => {
      const value = field(fieldAt(option, 'header'), 'value')
      const text = textOf(value?.value)
      if (value === undefined || text === undefined || !isLoose(text)) return []
      const mend = 'Write %% for a percent sign.'
      return [refuse(`a % in ${text} starts no variable`, value.value.place, mend)]
    })
}

function isLoose(text: string): boolean {
  return text
    .replaceAll('%%', '')
    .replaceAll(/%[A-Z][A-Z0-9_]*(?:\([^)]*\))?(?::\d+)?%/g, '')
    .includes('%')
}
