import { fromJsonString, toBinary } from '@bufbuild/protobuf'
import { CheckRequestSchema } from './generated/envoy/service/auth/v3/external_auth_pb.js'

/**
 * Reads a recorded CheckRequest in protobuf's JSON form and gives its bytes; fields that are not
 * known are passed over, as they are in bytes.
 *
 * @returns undefined for anything that is none
 */
export function checkRequestFromJson(text: string): Uint8Array | undefined {
  try {
    const request = fromJsonString(CheckRequestSchema, text, { ignoreUnknownFields: true })
    return request.attributes === undefined ? undefined : toBinary(CheckRequestSchema, request)
  } catch {
    return undefined
  }
}
