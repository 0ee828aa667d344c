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
import type { CheckResponse } from './generated/envoy/service/auth/v3/external_auth_pb.js'
import { readCheck, type UnreadableReason } from './read-check.js'
import { type RecordedRequest, recordedRequest } from './recorded-request.js'

/** Why a check was answered as it was: the policy's reason, or why no policy was asked. */
export type CheckReason =
  | Decision['reason']
  | UnreadableReason
  /** The policies of the workload's namespace are not loaded, or not yet. */
  | 'policies-unknown'
  /** The service failed; the log has the error. */
  | 'internal-error'

/** One decision as the log has it. Holds no certificate, secret or query. */
export interface DecisionRecord {
  readonly id: string
  /** The version of policies and settings that decided; see `inputsVersion`. */
  readonly version?: string | undefined
  readonly verdict: 'allow' | 'deny'
  /** False when the service runs dry: a denial was written down and the request let through. */
  readonly enforced: boolean
  readonly reason: CheckReason
  readonly rule?: string | undefined
  readonly audited?: readonly string[] | undefined
  readonly dryRun?: Decision['dryRun'] | undefined
  readonly peer?: Peer | undefined
  readonly workload?: Workload | undefined
  readonly method?: string | undefined
  readonly host?: string | undefined
  readonly path?: string | undefined
  /** What else a policy may ask for, as far as the log may have it. */
  readonly request?: RecordedRequest | undefined
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
 * It never throws: whatever goes wrong is a denial with `status.code` 7. In dry run a denial is
 * written down and the request passes, and the forwarded header is set or removed all the same.
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
  const enforced = !authorizer.dryRun
  const { version } = authorizer
  try {
    const { forwarded, ...decided } = decideCheck(bytes, metadata, authorizer)
    const record: DecisionRecord = { id, version, enforced, ...decided }
    return { response: respond(record, accessDenied, forwarded, authorizer), record }
  } catch (error) {
    const record: DecisionRecord = {
      id,
      version,
      enforced,
      verdict: 'deny',
      reason: 'internal-error',
      error,
    }
    return { response: respond(record, undecided, undefined, authorizer), record }
  }
}

function decideCheck(
  bytes: Uint8Array,
  metadata: (key: string) => readonly string[],
  authorizer: Authorizer,
): Omit<DecisionRecord, 'id' | 'version' | 'enforced'> & {
  readonly forwarded: string | undefined
} {
  const reading = readCheck(bytes, metadata, authorizer)
  const { forwarded, workload } = reading
  if (reading.kind === 'unreadable') {
    const { reason, peer } = reading
    return { verdict: 'deny', reason, peer, workload, forwarded }
  }
  const { facts } = reading
  const { peer, method, host, path } = facts
  const request = recordedRequest(facts, authorizer.headersAskedFor, authorizer.header.name)
  const decision = decide(authorizer.policiesFor(reading.workload), facts)
  const reason = authorizer.knowsPoliciesOf(reading.workload) ? decision.reason : 'policies-unknown'
  return { ...decision, reason, peer, workload, method, host, path, request, forwarded }
}

function respond(
  { id, verdict, enforced }: DecisionRecord,
  denial: Denial,
  forwarded: string | undefined,
  { header }: Authorizer,
): CheckResponse {
  if (verdict === 'deny' && enforced) return deny(denial, id)
  return forwarded === undefined
    ? allowWithoutCertificate(header)
    : allowWithCertificate(header, forwarded)
}
