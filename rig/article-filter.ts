/**
 * The filter chain that is commonly published for the job: the certificate is added to the header,
 * and whatever the caller has put there stays.
 *
 * It is the control of every comparison: what cannot tell its forgeries from an honest call cannot
 * tell that sidecert's are gone either.
 */
export function articleHttpFilters(headerName: string): readonly object[] {
  const source = `
function envoy_on_request(handle)
  local connection = handle:streamInfo():downstreamSslConnection()
  if connection ~= nil then
    handle:headers():add("${headerName}", connection:urlEncodedPemEncodedPeerCertificate())
  end
end
`
  return [
    {
      name: 'envoy.filters.http.lua',
      typed_config: {
        '@type': 'type.googleapis.com/envoy.extensions.filters.http.lua.v3.Lua',
        default_source_code: { inline_string: source },
      },
    },
    {
      name: 'envoy.filters.http.router',
      typed_config: {
        '@type': 'type.googleapis.com/envoy.extensions.filters.http.router.v3.Router',
      },
    },
  ]
}
