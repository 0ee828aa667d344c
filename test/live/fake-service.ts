import { create, fromBinary, type MessageInitShape, toBinary } from '@bufbuild/protobuf'
import { Server, ServerCredentials, type ServiceError, type sendUnaryData } from '@grpc/grpc-js'
import {
  CheckRequestSchema,
  CheckResponseSchema,
} from '../../ext-authz/generated/envoy/service/auth/v3/external_auth_pb.js'
import type { Lifetime } from '../../rig/lifetime.js'

/** What a service that is not sidecert's answers to every check; `silence` is no answer at all. */
export type FakeAnswer =
  | 'silence'
  | { readonly error: number }
  | { readonly response: MessageInitShape<typeof CheckResponseSchema> }

/** Starts a service that answers every check alike, right or wrong. */
export async function startFakeService(
  lifetime: Lifetime,
  socket: string,
  answer: FakeAnswer,
): Promise<void> {
  const server = new Server()
  const check = (_call: unknown, reply: sendUnaryData<unknown>) => {
    if (answer === 'silence') return
    if ('error' in answer) reply({ code: answer.error, details: 'fake' } as ServiceError)
    else reply(null, create(CheckResponseSchema, answer.response))
  }
  server.addService(
    {
      check: {
        path: '/envoy.service.auth.v3.Authorization/Check',
        requestStream: false,
        responseStream: false,
        requestSerialize: message => Buffer.from(toBinary(CheckRequestSchema, message)),
        requestDeserialize: bytes => fromBinary(CheckRequestSchema, bytes),
        responseSerialize: message => Buffer.from(toBinary(CheckResponseSchema, message)),
        responseDeserialize: bytes => fromBinary(CheckResponseSchema, bytes),
      },
    },
    { check },
  )
  await new Promise<void>((resolve, reject) => {
    server.bindAsync(`unix:${socket}`, ServerCredentials.createInsecure(), error =>
      error === null ? resolve() : reject(error),
    )
  })
  lifetime.add(() => server.forceShutdown())
}
