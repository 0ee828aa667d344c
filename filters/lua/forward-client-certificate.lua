-- Puts the caller's verified certificate into a request header, for Envoy's Lua filter.
--
-- What the caller sent under that name, in any spelling, is removed before anything else. The header
-- is then set only for a certificate that Envoy verified on this connection, that has not expired
-- and that has exactly one URI SAN, a SPIFFE ID. Whatever fails ends the request: to Envoy an error
-- in a script is no reason to stop, and the request would go on as the caller sent it.

local header = "x-client-certificate" -- settings: header

local wanted = string.gsub(header, "_", "-")

local function remove_all(headers)
  local found = {}
  for name in pairs(headers) do
    if string.gsub(string.lower(name), "_", "-") == wanted then
      found[#found + 1] = name
    end
  end
  -- Not while iterating, which Envoy forbids.
  for _, name in ipairs(found) do
    headers:remove(name)
  end
end

local function is_workload_id(text)
  local path = string.match(text, "^spiffe://[a-z0-9._-]+(/.+)$")
  if path == nil or #text > 2048 then
    return false
  end
  if string.find(path, "[^A-Za-z0-9._/-]") or string.find(path, "//", 1, true) then
    return false
  end
  for segment in string.gmatch(path, "[^/]+") do
    if segment == "." or segment == ".." then
      return false
    end
  end
  return string.sub(path, -1) ~= "/"
end

-- Returns the certificate as percent-encoded PEM; nil if the caller showed none; and raises if it
-- showed one that is not a verified SVID.
local function peer_certificate(handle)
  local connection = handle:streamInfo():downstreamSslConnection()
  if connection == nil or not connection:peerCertificatePresented() then
    return nil
  end
  -- False also on a resumed TLS session, on which Envoy verifies nothing.
  assert(connection:peerCertificateValidated(), "certificate was not verified")
  local identities = connection:uriSanPeerCertificate()
  assert(#identities == 1 and is_workload_id(identities[1]), "certificate is not an X.509-SVID")
  -- A connection can outlive the certificate it was opened with.
  assert(os.time() < connection:expirationPeerCertificate(), "certificate has expired")
  local certificate = connection:urlEncodedPemEncodedPeerCertificate()
  assert(certificate ~= nil and certificate ~= "", "certificate is empty")
  return certificate
end

local function forward(handle)
  local headers = handle:headers()
  remove_all(headers)
  local certificate = peer_certificate(handle)
  if certificate ~= nil then
    headers:replace(header, certificate)
  end
end

function envoy_on_request(handle)
  local ok, reason = pcall(forward, handle)
  if not ok then
    handle:logWarn("certificate not forwarded: " .. tostring(reason))
    handle:respond({ [":status"] = "403" }, "")
  end
end
