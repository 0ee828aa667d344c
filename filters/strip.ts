import { headerSpellings } from './header-spellings.js'
import type { HeaderSettings, HttpFilter, TypedConfig } from './http-filter.js'

/** The type of Envoy's header_mutation filter; `remove_on_match` needs Envoy 1.36. */
const headerMutation =
  'type.googleapis.com/envoy.extensions.filters.http.header_mutation.v3.HeaderMutation'

/**
 * Makes the filter that removes every copy and every spelling of the header from the request, and
 * from its trailers, which some servers add to the headers.
 *
 * It needs nothing of the connection or of another filter, so there is no request for which it does
 * not remove. Setting a header afterwards is not enough: overwriting with an empty value does nothing
 * in Envoy, and what the caller sent would stay.
 */
export function strip({ header }: HeaderSettings): HttpFilter {
  const remove = {
    remove_on_match: { key_matcher: { safe_regex: { regex: headerSpellings(header) } } },
  }
  return {
    name: 'sidecert.strip',
    typed_config: headerMutationConfig({
      request_mutations: [remove],
      request_trailers_mutations: [remove],
    }),
  }
}

/** Writes a header_mutation filter's configuration. */
export function headerMutationConfig(mutations: TypedConfig[string]): TypedConfig {
  return { '@type': headerMutation, mutations }
}
