import { fromBinary } from '@bufbuild/protobuf'
import type { Client } from '@grpc/grpc-js'
import { CheckResponseSchema } from '../../ext-authz/generated/envoy/service/auth/v3/external_auth_pb.js'
import { authorizationDefinition } from '../../ext-authz/index.js'
import { checkRequest } from './check-request.js'

/** Makes what asks the service about a path, without a certificate: 0 is allowed, 7 denied. */
export function checkerOf(client: Client): (path: string) => Promise<number | undefined> {
  return async path => {
    const response = await new Promise<Buffer>((resolve, reject) => {
      client.makeUnaryRequest(
        authorizationDefinition.check.path,
        (request: Buffer) => request,
        (answer: Buffer) => answer,
        Buffer.from(checkRequest({ path })),
        (error, answer) => (error ? reject(error) : resolve(answer as Buffer)),
      )
    })
    return fromBinary(CheckResponseSchema, response).status?.code
  }
}
