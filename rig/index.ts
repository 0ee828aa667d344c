/**
 * The rig: real Envoys on loopback, and what calls them and stands behind them. Its authorization
 * server and its demo are not here: they need packages that a user of sidecert does not install.
 */
export { type Call, type CallerTls, type CallResult, callHttp1 } from './caller.js'
export { envoyVersion, type FindEnvoyOptions, findEnvoy } from './envoy-binary.js'
export {
  type EnvoyBootstrap,
  type EnvoyOptions,
  type RunningEnvoy,
  startEnvoy,
  validateEnvoyConfig,
} from './envoy-process.js'
export { type HeaderLines, linesLike, valuesOf } from './header-lines.js'
export { callHttp2 } from './http2-caller.js'
export { Lifetime } from './lifetime.js'
export {
  type Authority,
  type AuthorityOptions,
  createAuthority,
  type IssuedSvid,
  issueSvid,
  type SvidOptions,
} from './pki.js'
export { RigError, type RigErrorCode } from './rig-error.js'
export { type ArrivedRequest, callIdHeader, startUpstream, type Upstream } from './upstream.js'
