/** The ext_authz service: CheckRequest -> identity -> decision -> CheckResponse. */
export { type AdminState, type RunningAdmin, startAdmin } from './admin.js'
export {
  type Authorizer,
  type AuthorizerSettings,
  type AuthorizerSource,
  createAuthorizer,
} from './authorizer.js'
export * from './certificate/index.js'
export { type CheckOutcome, type CheckReason, check, type DecisionRecord } from './check.js'
export { checkRequestFromJson } from './check-request-json.js'
export { type DecisionLog, openDecisionLog } from './decision-log.js'
export { formatListenAddress, type ListenAddress, ListenError } from './listen-address.js'
export { type LoggedLine, readLoggedLine } from './logged-line.js'
export { type PeerIdentity, peerIdentity, type TrustBundles } from './peer-identity.js'
export { type CheckReading, readCheck, type UnreadableReason } from './read-check.js'
export * from './reload/index.js'
export { type RunningServer, type ServerSettings, startServer } from './server.js'
export { authorizationDefinition, authorizationServiceName } from './service-definition.js'
