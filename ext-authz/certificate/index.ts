/** Certificates: X.509-SVIDs, trust bundles, and the form in which Envoy hands certificates on. */
export { verifyX509Svid } from './path.js'
export { decodePeerCertificate, encodePeerCertificate } from './peer-certificate.js'
export { encodeCertificatePem } from './pem.js'
export {
  readTrustBundle,
  type TrustBundle,
  type TrustBundleReading,
  type TrustBundleSource,
} from './trust-bundle.js'
export { parseX509Svid, type X509Svid, type X509SvidOptions } from './x509-svid.js'
export { X509SvidError, type X509SvidErrorCode } from './x509-svid-error.js'
