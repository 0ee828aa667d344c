import { fromBinary } from '@bufbuild/protobuf'
import { type Decision, decide, type Peer, type Workload } from '../policy/index.js'
import type { Authorizer } from './authorizer.js'
import {
  accessDenied,
  allowWithCertificate,
  allowWithoutCertificate,
  type Denial,
  deny,
  undecided,
} from './check-response.js'
import {
  type CheckRequest,
  CheckRequestSchema,
  type CheckResponse,
} from './generated/envoy/service/auth/v3/external_auth_pb.js'
import { peerIdentity } from './peer-identity.js'
import { requestFacts } from './request-facts.js'
import { requestedWorkload } from './requested-workload.js'

/** Why a check was answered as it was: the policy's reason, or why no policy was asked. */
export type CheckReason =
  | Decision['reason']
  /** The bytes are no CheckRequest. */
  | 'malformed-check'
  /** The gRPC metadata names no workload that can be understood. */
  | 'malformed-workload'
  /** The check describes no HTTP request. */
  | 'no-http-request'
  /** The service failed; the log has the error. */
  | 'internal-error'

/** One decision as the log has it. Holds no certificate, header value or query. */
export interface DecisionRecord {
  readonly id: string
  readonly verdict: 'allow' | 'deny'
  readonly reason: CheckReason
  readonly rule?: string | undefined
  readonly audited?: readonly string[] | undefined
  readonly dryRun?: Decision['dryRun'] | undefined
  readonly peer?: Peer | undefined
  readonly workload?: Workload | undefined
  readonly method?: string | undefined
  readonly host?: string | undefined
  readonly path?: string | undefined
  /** What the service failed on, for the log only. */
  readonly error?: unknown
}

/** The answer to a check and what the log says of it. */
export interface CheckOutcome {
  readonly response: CheckResponse
  readonly record: DecisionRecord
}

/**
 * Answers one Check call: bytes -> identity -> facts -> decision -> response.
 *
 * It never throws: whatever goes wrong is a denial with `status.code` 7.
 *
 * @param bytes a serialised `envoy.service.auth.v3.CheckRequest`
 * @param metadata the values of a key of the call's gRPC metadata
 */
export function check(
  bytes: Uint8Array,
  metadata: (key: string) => readonly string[],
  authorizer: Authorizer,
): CheckOutcome {
  const id = authorizer.newDecisionId()
  try {
    return decideCheck(id, bytes, metadata, authorizer)
  } catch (error) {
    return denied(undecided, { id, verdict: 'deny', reason: 'internal-error', error })
  }
}

function decideCheck(
  id: string,
  bytes: Uint8Array,
  metadata: (key: string) => readonly string[],
  authorizer: Authorizer,
): CheckOutcome {
  const attributes = parseCheckRequest(bytes)?.attributes
  if (attributes === undefined) {
    return denied(accessDenied, { id, verdict: 'deny', reason: 'malformed-check' })
  }
  const { peer, forwarded } = peerIdentity(attributes.source?.certificate ?? '', {
    at: authorizer.now(),
    trustBundles: authorizer.trustBundles,
  })
  const workload = requestedWorkload(metadata, authorizer.fallbackWorkload)
  if (workload === undefined) {
    return denied(accessDenied, { id, verdict: 'deny', reason: 'malformed-workload', peer })
  }
  const facts = requestFacts(attributes, peer)
  if (facts === undefined) {
    return denied(accessDenied, { id, verdict: 'deny', reason: 'no-http-request', peer, workload })
  }
  const decision = decide(authorizer.policiesFor(workload), facts)
  const { method, host, path } = facts
  const record: DecisionRecord = { id, ...decision, peer, workload, method, host, path }
  if (decision.verdict === 'deny') return denied(accessDenied, record)
  return {
    record,
    response:
      forwarded === undefined
        ? allowWithoutCertificate(authorizer.header)
        : allowWithCertificate(authorizer.header, forwarded),
  }
}

function parseCheckRequest(bytes: Uint8Array): CheckRequest | undefined {
  try {
    return fromBinary(CheckRequestSchema, bytes)
  } catch {
    return undefined
  }
}

function denied(denial: Denial, record: DecisionRecord): CheckOutcome {
  return { response: deny(denial, record.id), record }
}
