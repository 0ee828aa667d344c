import { create, toBinary } from '@bufbuild/protobuf'
import { CheckRequestSchema } from '../../ext-authz/generated/envoy/service/auth/v3/external_auth_pb.js'

/** What a test says of a request; the rest is as Envoy sends it. */
export interface RequestInit {
  /** PEM; it is URL-encoded here, as Envoy does. */
  readonly certificate?: string
  /** The value of `source.certificate` as it stands, instead. */
  readonly encodedCertificate?: string
  readonly principal?: string
  readonly method?: string
  readonly path?: string
  readonly host?: string
  readonly headers?: Readonly<Record<string, string>>
}

/** Serialises a CheckRequest as Envoy would send it. */
export function checkRequest(request: RequestInit = {}): Uint8Array {
  const { certificate, encodedCertificate, principal = '', headers = {} } = request
  const method = request.method ?? 'POST'
  const path = request.path ?? '/oauth/v2/oauth-token'
  const host = request.host ?? 'curity-idsvr-runtime-svc.curity:8443'
  return toBinary(
    CheckRequestSchema,
    create(CheckRequestSchema, {
      attributes: {
        source: {
          address: socket('10.0.0.7', 40000),
          principal,
          certificate:
            encodedCertificate ??
            (certificate === undefined ? '' : encodeURIComponent(certificate)),
        },
        destination: { address: socket('10.0.0.1', 8443) },
        request: {
          http: {
            method,
            path,
            host,
            scheme: 'http',
            protocol: 'HTTP/1.1',
            headers: { ':method': method, ':path': path, ':authority': host, ...headers },
          },
        },
      },
    }),
  )
}

function socket(address: string, portValue: number) {
  return {
    address: {
      case: 'socketAddress' as const,
      value: { address, portSpecifier: { case: 'portValue' as const, value: portValue } },
    },
  }
}
