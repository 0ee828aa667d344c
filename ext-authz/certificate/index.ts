/** Certificates: X.509-SVIDs, trust bundles, and the forms in which Envoy hands certificates on. */
export { parseX509Svid, type X509Svid, type X509SvidOptions } from './x509-svid.js'
export { X509SvidError, type X509SvidErrorCode } from './x509-svid-error.js'
