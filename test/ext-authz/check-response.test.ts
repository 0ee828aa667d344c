import test from 'ava'
import {
  accessDenied,
  allowWithCertificate,
  allowWithoutCertificate,
  deny,
} from '../../ext-authz/check-response.js'
import { forwardedHeader } from '../../ext-authz/forwarded-header.js'
import { HeaderValueOption_HeaderAppendAction as AppendAction } from '../../ext-authz/generated/envoy/config/core/v3/base_pb.js'
import type { CheckResponse } from '../../ext-authz/generated/envoy/service/auth/v3/external_auth_pb.js'

const header = forwardedHeader('x-client-certificate')

function okResponse(response: CheckResponse) {
  if (response.httpResponse.case !== 'okResponse') throw new Error('not an OK response')
  return response.httpResponse.value
}

test('the header is overwritten by value and never appended', t => {
  const [option, ...more] = okResponse(allowWithCertificate(header, 'pem')).headers
  t.deepEqual(more, [])
  t.is(option?.header?.key, 'x-client-certificate')
  t.is(option?.header?.value, 'pem')
  t.is(option?.header?.rawValue.length, 0)
  t.is(option?.appendAction, AppendAction.OVERWRITE_IF_EXISTS_OR_ADD)
  t.is(option?.append, undefined)
})

test('the header that is set is not removed, its other spellings are', t => {
  t.deepEqual(okResponse(allowWithCertificate(header, 'pem')).headersToRemove, [
    'x-client_certificate',
    'x_client-certificate',
    'x_client_certificate',
  ])
})

test('with nothing to forward every spelling is removed and nothing is set', t => {
  const { headers, headersToRemove } = okResponse(allowWithoutCertificate(header))
  t.deepEqual(headers, [])
  t.deepEqual(headersToRemove, ['x-client-certificate', ...header.otherSpellings])
})

test('both ways of allowing carry status code 0', t => {
  t.is(allowWithCertificate(header, 'pem').status?.code, 0)
  t.is(allowWithoutCertificate(header).status?.code, 0)
})

test('a denial carries status code 7 and an OAuth error without the policy', t => {
  const response = deny(accessDenied, 'b7a4')
  t.is(response.status?.code, 7)
  if (response.httpResponse.case !== 'deniedResponse') return t.fail()
  const { status, headers, body } = response.httpResponse.value
  t.is(Number(status?.code), 403)
  t.deepEqual(
    headers.map(({ header }) => [header?.key, header?.value]),
    [
      ['content-type', 'application/json'],
      ['cache-control', 'no-store'],
    ],
  )
  t.deepEqual(JSON.parse(body), {
    error: 'access_denied',
    error_description: 'This workload is not allowed to make this request.',
    decision_id: 'b7a4',
  })
})
