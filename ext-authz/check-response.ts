import { create, type MessageInitShape } from '@bufbuild/protobuf'
import type { ForwardedHeader } from './forwarded-header.js'
import {
  HeaderValueOption_HeaderAppendAction as AppendAction,
  type HeaderValueOptionSchema,
} from './generated/envoy/config/core/v3/base_pb.js'
import {
  type CheckResponse,
  CheckResponseSchema,
} from './generated/envoy/service/auth/v3/external_auth_pb.js'

/** gRPC's status codes that a check response carries (google.rpc.Code). */
const statusCode = { ok: 0, permissionDenied: 7 } as const

/**
 * Answers that the request may pass, with the peer's certificate in the forwarded header.
 *
 * The header is set by `value` with OVERWRITE_IF_EXISTS_OR_ADD and never `append`, which would let
 * a caller's own copy live on. It never stands in `headers_to_remove`, which Envoy applies last.
 */
export function allowWithCertificate(header: ForwardedHeader, value: string): CheckResponse {
  return create(CheckResponseSchema, {
    status: { code: statusCode.ok },
    httpResponse: {
      case: 'okResponse',
      value: {
        headers: [overwrite(header.name, value)],
        headersToRemove: [...header.otherSpellings],
      },
    },
  })
}

/**
 * Answers that the request may pass and that there is no certificate to forward: every spelling
 * of the header is removed, because an empty value would leave a caller's own copy in place.
 */
export function allowWithoutCertificate(header: ForwardedHeader): CheckResponse {
  return create(CheckResponseSchema, {
    status: { code: statusCode.ok },
    httpResponse: {
      case: 'okResponse',
      value: { headersToRemove: [header.name, ...header.otherSpellings] },
    },
  })
}

/** How a denial looks to the caller: OAuth's error form, and nothing about the policy. */
export interface Denial {
  readonly httpStatus: 403 | 503
  readonly error: 'access_denied' | 'temporarily_unavailable'
  readonly description: string
}

/** The denial of a request that the policy does not allow. */
export const accessDenied: Denial = {
  httpStatus: 403,
  error: 'access_denied',
  description: 'This workload is not allowed to make this request.',
}

/** The denial of a request that could not be decided because the service failed. */
export const undecided: Denial = {
  httpStatus: 503,
  error: 'temporarily_unavailable',
  description: 'The request could not be authorized. Try again later.',
}

/**
 * Answers that the request must not pass: `status.code` 7 in a successful call. A missing status
 * would mean allow, and a failed call is an error that Envoy may be told to let through.
 *
 * The body is JSON in OAuth's error form (RFC 6749 section 5.2) with the decision's id, by which
 * the log tells why.
 */
export function deny(
  { httpStatus, error, description }: Denial,
  decisionId: string,
): CheckResponse {
  const body = { error, error_description: description, decision_id: decisionId }
  return create(CheckResponseSchema, {
    status: { code: statusCode.permissionDenied },
    httpResponse: {
      case: 'deniedResponse',
      value: {
        status: { code: httpStatus },
        headers: [
          overwrite('content-type', 'application/json'),
          overwrite('cache-control', 'no-store'),
        ],
        body: JSON.stringify(body),
      },
    },
  })
}

function overwrite(key: string, value: string): MessageInitShape<typeof HeaderValueOptionSchema> {
  return { header: { key, value }, appendAction: AppendAction.OVERWRITE_IF_EXISTS_OR_ADD }
}
