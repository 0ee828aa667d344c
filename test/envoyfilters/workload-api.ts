import { chmodSync } from 'node:fs'
import { BinaryReader, BinaryWriter, WireType } from '@bufbuild/protobuf/wire'
import { Server, ServerCredentials, type ServerDuplexStream } from '@grpc/grpc-js'
import type { IssuedSvid } from '../../rig/index.js'

/** A stand-in for SPIRE's agent: Envoy's secret discovery service on a socket. */
export interface WorkloadApi {
  /** Names that Envoy asked for. */
  readonly asked: ReadonlySet<string>
  /** Gives out another SVID, as when the agent rotates. */
  rotate(svid: IssuedSvid): void
  close(): void
}

type Call = ServerDuplexStream<readonly string[], Uint8Array>

const secretType = 'type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.Secret'

/**
 * Starts it. A name that is the SVID's own SPIFFE ID is answered with certificate and key, and one
 * that is its trust domain's with the authorities; nothing else is answered, as SPIRE's agent does.
 */
export async function startWorkloadApi(socket: string, first: IssuedSvid): Promise<WorkloadApi> {
  let svid = first
  let version = 0
  const asked = new Set<string>()
  const open = new Map<Call, readonly string[]>()
  const server = new Server()
  const send = (call: Call, names: readonly string[]) => {
    call.write(discoveryResponse(String(++version), secretsOf(svid, names)))
  }
  const method = {
    path: '/envoy.service.secret.v3.SecretDiscoveryService/StreamSecrets',
    requestStream: true,
    responseStream: true,
    requestSerialize: () => Buffer.alloc(0),
    requestDeserialize: resourceNames,
    responseSerialize: (bytes: Uint8Array) => Buffer.from(bytes),
    responseDeserialize: (bytes: Buffer) => bytes,
  } as const
  server.addService(
    { StreamSecrets: method },
    {
      StreamSecrets: (call: Call) => {
        call.on('data', (names: readonly string[]) => {
          for (const name of names) asked.add(name)
          // A second request on a stream is the acknowledgement of the answer to the first.
          if (open.has(call)) return
          open.set(call, names)
          send(call, names)
        })
        call.on('end', () => call.end())
        call.on('cancelled', () => open.delete(call))
      },
    },
  )
  await new Promise<void>((resolve, reject) => {
    server.bindAsync(`unix:${socket}`, ServerCredentials.createInsecure(), error =>
      error === null ? resolve() : reject(error),
    )
  })
  chmodSync(socket, 0o600)
  return {
    asked,
    rotate: next => {
      svid = next
      for (const [call, names] of open) send(call, names)
    },
    close: () => server.forceShutdown(),
  }
}

function secretsOf(svid: IssuedSvid, names: readonly string[]): readonly Uint8Array[] {
  const trustDomain = svid.spiffeId.split('/').slice(0, 3).join('/')
  return names.flatMap(name => {
    const secret = new BinaryWriter().tag(1, WireType.LengthDelimited).string(name)
    if (name === svid.spiffeId) {
      secret.tag(2, WireType.LengthDelimited).fork()
      inline(secret, 1, svid.chain)
      inline(secret, 2, svid.key)
      return [secret.join().finish()]
    }
    if (name !== trustDomain) return []
    secret.tag(4, WireType.LengthDelimited).fork()
    inline(secret, 1, svid.ca)
    return [secret.join().finish()]
  })
}

/** `DataSource.inline_string`. */
function inline(writer: BinaryWriter, field: number, text: string): void {
  writer.tag(field, WireType.LengthDelimited).fork()
  writer.tag(3, WireType.LengthDelimited).string(text).join()
}

function discoveryResponse(version: string, resources: readonly Uint8Array[]): Uint8Array {
  const writer = new BinaryWriter().tag(1, WireType.LengthDelimited).string(version)
  for (const resource of resources) {
    writer.tag(2, WireType.LengthDelimited).fork()
    writer.tag(1, WireType.LengthDelimited).string(secretType)
    writer.tag(2, WireType.LengthDelimited).bytes(resource).join()
  }
  writer.tag(4, WireType.LengthDelimited).string(secretType)
  return writer.tag(5, WireType.LengthDelimited).string(version).finish()
}

/** `DiscoveryRequest.resource_names`. */
function resourceNames(bytes: Buffer): readonly string[] {
  const reader = new BinaryReader(bytes)
  const names: string[] = []
  while (reader.pos < reader.len) {
    const [field, type] = reader.tag()
    if (field === 3) names.push(reader.string())
    else reader.skip(type, field)
  }
  return names
}
