import type { HttpFilter, Json } from '../../filters/index.js'

/** The name of the filter that Istio makes of an AuthorizationPolicy with action CUSTOM. */
export const customFilter = 'envoy.filters.http.ext_authz'

/** What Istio sets by itself from the extension provider. */
const istiosOwn: ReadonlySet<string> = new Set([
  'transport_api_version',
  'failure_mode_allow',
  'status_on_error',
  'grpc_service',
])

/**
 * Makes what is merged into Istio's own ext_authz filter: the settings that an extension provider
 * cannot say, above all that the service gets the caller's certificate. Of the service's address
 * nothing is repeated, since Istio makes it of the provider.
 */
export function customMerge({ typed_config }: HttpFilter): Json {
  const { grpc_service } = typed_config
  const initial_metadata = (grpc_service as { readonly [key: string]: Json }).initial_metadata ?? []
  const settings = Object.entries(typed_config).filter(([key]) => !istiosOwn.has(key))
  return {
    name: customFilter,
    typed_config: { ...Object.fromEntries(settings), grpc_service: { initial_metadata } },
  }
}
