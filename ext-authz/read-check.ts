import { fromBinary } from '@bufbuild/protobuf'
import { type Facts, type Peer, requestedWorkload, type Workload } from '../policy/index.js'
import type { Authorizer } from './authorizer.js'
import {
  type CheckRequest,
  CheckRequestSchema,
} from './generated/envoy/service/auth/v3/external_auth_pb.js'
import { peerIdentity } from './peer-identity.js'
import { requestFacts } from './request-facts.js'

/** Why no policy was asked about a check. */
export type UnreadableReason =
  /** The bytes are no CheckRequest. */
  | 'malformed-check'
  /** The gRPC metadata names no workload that can be understood. */
  | 'malformed-workload'
  /** The check describes no HTTP request. */
  | 'no-http-request'

/** A check as the policies see it, or why they cannot. */
export type CheckReading =
  | {
      readonly kind: 'readable'
      readonly facts: Facts
      readonly workload: Workload
      /** The value of the forwarded header; undefined without a valid SVID. */
      readonly forwarded: string | undefined
    }
  | {
      readonly kind: 'unreadable'
      readonly reason: UnreadableReason
      readonly peer?: Peer
      readonly workload?: Workload
      readonly forwarded?: string | undefined
    }

/**
 * Reads one Check call: bytes -> identity -> facts. What decides and what explains both start here.
 *
 * @param bytes a serialised `envoy.service.auth.v3.CheckRequest`
 * @param metadata the values of a key of the call's gRPC metadata
 */
export function readCheck(
  bytes: Uint8Array,
  metadata: (key: string) => readonly string[],
  authorizer: Authorizer,
): CheckReading {
  const attributes = parseCheckRequest(bytes)?.attributes
  if (attributes === undefined) return { kind: 'unreadable', reason: 'malformed-check' }
  const { peer, forwarded } = peerIdentity(attributes.source?.certificate ?? '', {
    at: authorizer.now(),
    trustBundles: authorizer.trustBundles,
  })
  const workload = requestedWorkload(metadata, authorizer.fallbackWorkload)
  if (workload === undefined) {
    return { kind: 'unreadable', reason: 'malformed-workload', peer, forwarded }
  }
  const facts = requestFacts(attributes, peer)
  if (facts === undefined) {
    return { kind: 'unreadable', reason: 'no-http-request', peer, workload, forwarded }
  }
  return { kind: 'readable', facts, workload, forwarded }
}

function parseCheckRequest(bytes: Uint8Array): CheckRequest | undefined {
  try {
    return fromBinary(CheckRequestSchema, bytes)
  } catch {
    return undefined
  }
}
