import { toBinary } from '@bufbuild/protobuf'
import type { ServiceDefinition, UntypedServiceImplementation } from '@grpc/grpc-js'
import {
  Authorization,
  type CheckResponse,
  CheckResponseSchema,
} from './generated/envoy/service/auth/v3/external_auth_pb.js'

/**
 * The Authorization service as grpc-js wants it. Requests stay bytes until the handler has them:
 * bytes that cannot be parsed must be denied in a successful call, and grpc-js would fail the call.
 */
export const authorizationDefinition = {
  check: {
    path: `/${Authorization.typeName}/${Authorization.method.check.name}`,
    requestStream: false,
    responseStream: false,
    requestSerialize: (bytes: Buffer) => bytes,
    requestDeserialize: (bytes: Buffer) => bytes,
    responseSerialize: (response: CheckResponse) =>
      Buffer.from(toBinary(CheckResponseSchema, response)),
    responseDeserialize: (bytes: Buffer) => bytes,
  },
} satisfies ServiceDefinition<UntypedServiceImplementation>

/** The full name under which health is asked for: `envoy.service.auth.v3.Authorization`. */
export const authorizationServiceName = Authorization.typeName
