/** A value of JSON, read-only. */
export type Json =
  | string
  | number
  | boolean
  | null
  | readonly Json[]
  | { readonly [key: string]: Json }

/** The configuration of an Envoy extension: its protobuf message as JSON, with its type. */
export type TypedConfig = { readonly '@type': string; readonly [key: string]: Json }

/**
 * One entry of `http_filters`.
 *
 * Envoy finds the filter by the type of its configuration. The name is ours (`sidecert.…`) and not
 * the customary one, because per-route configuration and the EnvoyFilters of others reach a filter by
 * its name: what is written for `envoy.filters.http.header_mutation` must not undo the strip.
 */
export interface HttpFilter {
  readonly name: string
  readonly typed_config: TypedConfig
}

/** The header that carries the certificate. The name is in lower case. */
export interface HeaderSettings {
  readonly header: string
}
