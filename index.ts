/** The library: what the `sidecert` command is made of. */
export {
  formatSpiffeId,
  isTrustDomain,
  parseSpiffeId,
  type SpiffeId,
  SpiffeIdError,
  type SpiffeIdErrorCode,
} from './policy/spiffe-id.js'
